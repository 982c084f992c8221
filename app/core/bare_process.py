"""Running a program of ours over bytes of unknown origin, in a process that finds no secrets in its surroundings.

Under gevent the process that waits for it goes on serving everybody else.
"""

import os
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

_ENVIRON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # what Python itself may need to start


def run_bare(program: str, arguments: Iterable[str], content: bytes, *, seconds: float) -> tuple[int | None, bytes]:
    """Give a program the bytes on stdin; returns its exit code and what it printed.

    The code is None when it took longer than `seconds`, and below nought when the system ended it.
    """
    # What the program looks at must not find our secrets in its environment.
    environ = {name: os.environ[name] for name in _ENVIRON if name in os.environ}
    try:
        done = subprocess.run(
            [sys.executable, "-I", program, *arguments], input=content, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, timeout=seconds, cwd=os.sep, env=environ, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None, b""
    return done.returncode, done.stdout


def places_of(*packages: str) -> list[str]:
    """The folders that packages lie in, for a Python that is told of none."""
    specs = (find_spec(package) for package in packages)
    return list(dict.fromkeys(str(Path(spec.origin).parents[1]) for spec in specs if spec and spec.origin))
