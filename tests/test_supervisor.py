"""The supervisor: everything ends together, and nothing is left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.supervisor import ChildFailed, Supervisor
from tests.support.waiting import wait_for

ROOT = Path(__file__).resolve().parent.parent
# A process that starts another one, writes both numbers and does not want to stop.
STUBBORN = (
    "import os, signal, subprocess, sys, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "inner = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "print(os.getpid(), inner.pid, flush=True)\n"
    "time.sleep(600)\n"
)


def numbers_in(log: Path) -> list[int]:
    wait_for(lambda: log.exists() and log.read_text().endswith("\n"))
    return [int(word) for word in log.read_text().split()]


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_stop_kills_what_does_not_listen_and_what_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.supervisor.GRACE_SECONDS", 0.3)
    supervisor = Supervisor(tmp_path, tmp_path, os.environ)
    child = supervisor.start("stubborn", [sys.executable, "-c", STUBBORN])
    pids = numbers_in(child.log)
    supervisor.stop()
    assert len(pids) == 2
    for pid in pids:
        wait_for(lambda pid=pid: is_gone(pid))


def test_the_death_of_a_child_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, tmp_path, os.environ)
    supervisor.start("worker", [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"])
    with pytest.raises(ChildFailed, match=r"worker ended with code 3(.|\n)*the reason"):
        supervisor.wait_for(lambda: False, seconds=60)
    supervisor.stop()


def test_a_step_that_fails_is_told_and_one_that_works_is_not_watched_on(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, tmp_path, os.environ)
    supervisor.run("migrate", [sys.executable, "-c", "pass"])
    supervisor.check()
    with pytest.raises(ChildFailed, match="seed ended with code 1"):
        supervisor.run("seed", [sys.executable, "-c", "raise SystemExit(1)"])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends children with their parent")
def test_kill_minus_nine_of_the_supervisor_takes_its_children_along(tmp_path: Path) -> None:
    program = (
        "import os, sys, time; from pathlib import Path; from app.supervisor import Supervisor\n"
        f"s = Supervisor(Path({str(tmp_path)!r}), Path('.'), os.environ)\n"
        "child = s.start('quiet', [sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.process.pid, flush=True); time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    wait_for(lambda: is_gone(child))
