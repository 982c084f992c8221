"""Ports are handed to one process only, however many start at once."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO

from app.config import ROOT
from app.embedded.ports import free_port
from app.launch import PORTS, choose_ports

#: Asks for a port, says which it was handed, and lives until it is told to end. It never listens there.
ASKING = """
import sys
from app.embedded.ports import free_port
print("ready", flush=True)
wanted = int(sys.stdin.readline())
print(free_port(wanted or None), flush=True)
sys.stdin.readline()
"""


@contextmanager
def asking() -> Iterator[subprocess.Popen[str]]:
    """A process that is about to ask for a port."""
    with subprocess.Popen(
        [sys.executable, "-c", ASKING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert line(process) == "ready"
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    """What the process says next."""
    out: IO[str] | None = process.stdout
    assert out is not None
    return out.readline().strip()


def ask(process: subprocess.Popen[str], wanted: int) -> None:
    """Let the process ask now."""
    assert process.stdin is not None
    process.stdin.write(f"{wanted}\n")
    process.stdin.flush()


def test_of_several_that_ask_at_once_one_gets_the_port_and_the_others_others() -> None:
    wanted = _free()
    with ExitStack() as running:
        several = [running.enter_context(asking()) for _ in range(3)]
        for process in several:
            ask(process, wanted)
        handed = [int(line(process)) for process in several]
        assert len(set(handed)) == 3 and wanted in handed
        assert free_port(wanted) != wanted

    assert free_port(wanted) == wanted  # whoever had it is gone
    assert free_port(wanted) == wanted  # and now it is ours


def test_one_start_gives_no_port_twice() -> None:
    ports = choose_ports({"PORT": str(PORTS["mailbox"])})
    assert len(set(ports.values())) == len(PORTS)


def _free() -> int:
    """A port that nobody was handed."""
    with asking() as process:
        ask(process, 0)
        return int(line(process))
