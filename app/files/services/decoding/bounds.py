"""What the program may take: memory, time, and nothing else once it has begun to look."""

import resource
from contextlib import suppress

MEMORY, CPU_SECONDS = 768 * 1024 * 1024, 20


class Refused(Exception):
    """The file is not taken; the text is a code that examining.py has words for."""


def bound() -> None:
    """Let the system end this process when it takes too much memory or time, or writes a file."""
    limit(RLIMIT_AS=MEMORY, RLIMIT_CPU=CPU_SECONDS, RLIMIT_FSIZE=0, RLIMIT_CORE=0)


def shut() -> None:
    """Let this process open nothing any more, no file and no connection: what it needs is imported by now."""
    limit(RLIMIT_NOFILE=3)


def limit(**limits: int) -> None:
    """Set limits of the system's; one that it does not know is left out."""
    for name, most in limits.items():
        with suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, name), (most, most))
