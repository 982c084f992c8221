"""Starts simulators as the real processes that they are, and ends them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Simulator:
    """One running simulator: `ready` is the line it printed, `url` its address."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", module, *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.ready = self.process.stdout.readline() if self.process.stdout else ""
        assert " ready http://127.0.0.1:" in self.ready, self.process.poll()
        self.url = self.ready.split()[2]

    def stop(self) -> int:
        """End it by SIGTERM; returns its exit code."""
        self.process.terminate()
        self.process.communicate(timeout=60)
        return self.process.returncode
