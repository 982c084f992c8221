"""Ports for processes that are about to be started, each handed to one process only.

Between finding a port free and its server listening there, another start may find it free as well. So who hands out
a port locks it for as long as they live: one byte of a file that all of a user's processes share stands for each port.
The kernel lets go of the locks of a process that ends, however it ends, and nothing is left behind.
"""

import errno
import fcntl
import os
import socket
import tempfile
from pathlib import Path

from app.embedded.processes import LOOPBACK, EmbeddedServerError

#: So often another port is asked for when the one found is somebody's already.
_TRIES = 200


class Ports:
    """The ports that this process has handed out. `shelf` is the file that stands for them all."""

    def __init__(self, shelf: Path) -> None:
        self._shelf = shelf
        self._file: int | None = None
        self._handed: set[int] = set()

    def free_port(self, preferred: int | None = None) -> int:
        """Return `preferred` if nothing listens there on 127.0.0.1 and no other process was handed it, else another.

        The port is this process's until it ends: asked for by its number, it is given to it again. Raises
        EmbeddedServerError when there is none.
        """
        if preferred and (port := self._take(preferred)):
            return port
        for _ in range(_TRIES):
            if port := self._take(0):
                return port
        raise EmbeddedServerError(f"No free port on {LOOPBACK}.")

    def _take(self, wanted: int) -> int | None:
        """The wanted port, 0 for one that the system chooses; None when it is not to be had."""
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, wanted))
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
                return None
            port = int(probe.getsockname()[1])
            if (not wanted and port in self._handed) or not self._lock(port):
                return None
            self._handed.add(port)
            return port

    def _lock(self, port: int) -> bool:
        """Whether the port is ours now. Without a file to lock in, as where another's lies in its place, it is."""
        try:
            if self._file is None:  # stays open: closing it would let go of every lock
                self._file = os.open(self._shelf, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except OSError as error:
            return self._file is None or error.errno not in (errno.EAGAIN, errno.EACCES)
        return True


free_port = Ports(Path(tempfile.gettempdir()) / f"sill-ports-{os.getuid()}").free_port
