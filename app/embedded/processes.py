"""Processes that must never outlive the one that started them."""

import ctypes
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

LOOPBACK = "127.0.0.1"
PR_SET_PDEATHSIG = 1  # linux/prctl.h


class EmbeddedServerError(RuntimeError):
    """An embedded server could not be started; the message says which, and where its log lies."""


def die_with_parent(signal_number: int) -> Callable[[], None] | None:
    """Return what a child runs before its exec so that Linux ends it when its parent dies, however it dies.

    Elsewhere returns None: there the next start finds the orphan and adopts it.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def arm() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:  # it died before we were armed
            os._exit(1)

    return arm


def start(
    command: Sequence[str | Path],
    log: Path,
    *,
    death_signal: int = signal.SIGTERM,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a process in a process group of its own, its output appended to `log`.

    `death_signal` is what it gets when the starting process dies. Raises OSError if it cannot be executed.
    """
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=cwd,
            env=environ,
            preexec_fn=die_with_parent(death_signal),  # noqa: PLW1509  (only the system call prctl)
        )


def is_running(pid: int, name: str) -> bool:
    """Say whether process `pid` lives and is called `name`; a reused number is somebody else's process."""
    try:
        process = psutil.Process(pid)
        return process.name().startswith(name) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end(pid: int, name: str, ask: signal.Signals, seconds: float = 10.0) -> None:
    """Do what `stop` does to a process somebody else started. Ended already is fine."""
    if not is_running(pid, name):
        return
    process = psutil.Process(pid)
    try:
        process.send_signal(ask)
        process.wait(seconds)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(5)
    except psutil.NoSuchProcess:
        return


def stop(process: subprocess.Popen[bytes], ask: signal.Signals, seconds: float = 10.0) -> None:
    """Ask a server we started to stop with the signal `ask`, kill it after `seconds`."""
    if process.poll() is None:
        process.send_signal(ask)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 30.0) -> bool:
    """Return True as soon as `ready()` is, False if the process ended first or the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        if ready():
            return True
        time.sleep(0.03)
    return False


def number_in(pid_file: Path) -> int:
    """Return the number that begins a file of a server's, 0 if there is none: a crash may leave anything in it."""
    word = pid_file.read_text(errors="replace").split("\n", 1)[0].strip() if pid_file.exists() else ""
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else 0


def write_private(path: Path, text: str) -> None:
    """Replace a file at once and whole, readable by its owner only; it is on the disk when this returns."""
    scratch = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # before it is in its place, or a power cut may leave an empty file there
    scratch.replace(path)


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a server's log, for an error message."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
