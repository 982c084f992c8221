"""Starting several processes as one: they live together, and none is left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from app.embedded import processes

GRACE_SECONDS = 10.0


class StopAsked(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM; raised wherever the main thread is then."""


class ChildFailed(RuntimeError):
    """A process ended that should not have; the message names it and holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Child:
    """A running process: its name, its log, and whether the others need it until they have ended."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    outlasts: bool


class Supervisor:
    """Runs processes, each in a process group of its own, its output in a log file of its own."""

    def __init__(self, log_dir: Path, cwd: Path, environ: Mapping[str, str]) -> None:
        """Take where logs go, the folder to run in and the environment that all children get."""
        log_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.log_dir = log_dir
        self.cwd = cwd
        self.environ = dict(environ)
        self._children: list[Child] = []
        self._asked = 0

    def listen(self) -> None:
        """Turn SIGINT, SIGTERM and SIGHUP into StopAsked; while stopping, another one makes it hurry."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def start(self, name: str, command: Sequence[str | Path], *, outlasts: bool = False) -> Child:
        """Start a process; one that `outlasts` is stopped after the others. Its log begins anew."""
        log = self.log_dir / f"{name}.log"
        log.unlink(missing_ok=True)
        process = processes.start(command, log, cwd=self.cwd, environ=self.environ)
        child = Child(name, process, log, outlasts)
        self._children.append(child)
        return child

    def run(self, name: str, command: Sequence[str | Path]) -> None:
        """Run a command to its end. Raises ChildFailed if it ends badly."""
        child = self.start(name, command)
        code = child.process.wait()
        self._children.remove(child)
        if code:
            raise ChildFailed(_describe(child))

    def wait_for(self, ready: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until `ready()`. Raises ChildFailed if a child ends before, or the time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise ChildFailed(f"Not ready after {seconds:.0f} s. The logs are in {self.log_dir}.")
            time.sleep(0.05)

    def pause(self) -> None:
        """Let a moment pass. Raises ChildFailed if a child has ended."""
        self.check()
        time.sleep(0.2)

    def check(self) -> None:
        """Raise ChildFailed if one of the children has ended."""
        for child in self._children:
            if child.process.poll() is not None:
                raise ChildFailed(_describe(child))

    def stop(self) -> None:
        """Stop all: ask, wait, then kill what still runs, with everything it started itself."""
        for outlasts in (False, True):
            stage = [child for child in self._children if child.outlasts is outlasts]
            for child in stage:
                if child.process.poll() is None:
                    child.process.terminate()
            deadline = time.monotonic() + GRACE_SECONDS
            while any(child.process.poll() is None for child in stage) and time.monotonic() < deadline:
                if self._asked > 1:
                    break
                time.sleep(0.05)
            for child in stage:
                _kill_group(child.process)
        self._children.clear()

    def quieten(self) -> None:
        """From now on count the signals only: stopping must not be torn apart by the next Ctrl-C."""
        self._asked = max(self._asked, 1)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked += 1
        if self._asked == 1:
            raise StopAsked


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    # Nobody may be left in the group (macOS says "not permitted" for one that holds a zombie only).
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _describe(child: Child) -> str:
    code = child.process.returncode
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    return f"{child.name} {how}. {child.log} ends:\n{processes.tail(child.log, 25)}"


def say(text: str) -> None:
    """Print a line for the person at the terminal; a terminal that is gone must not keep us from stopping."""
    try:
        print(text, file=sys.stdout, flush=True)  # noqa: T201
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
