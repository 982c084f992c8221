"""bin/setup beside a virtual environment that is none: what it does and leaves alone, without installing anything."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from app.config import ROOT
from tests.support.waiting import wait_for


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A clone with the place of its environment noted, in which nothing is installed."""
    place = tmp_path / "clone"
    (place / ".venv" / "bin").mkdir(parents=True)
    (place / ".venv" / ".place").write_text(f"{place}\n")
    (place / "requirements.txt").write_text("sill\n")
    (place / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "setup", place / "bin")
    write(place / ".venv" / "bin" / "python", f"echo \"$*\" >>{place}/said")
    return place


def write(program: Path, line: str) -> None:
    program.write_text(f"#!/bin/sh\n{line}\n")
    program.chmod(0o755)


def environ_in(place: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(place), "PIP_NO_INDEX": "1"}


def test_a_clone_that_is_called_by_a_link_keeps_what_is_installed(place: Path) -> None:
    (place / ".venv" / ".installed").write_text(f"{place}\nsill\n")
    link = place.with_name("link")
    link.symlink_to(place)
    command = [link / "bin" / "setup"]
    told = subprocess.run(command, env=environ_in(place), check=False, capture_output=True, text=True, timeout=120)
    assert (told.returncode, told.stdout) == (0, "")
    assert not (place / "said").exists(), "nothing was installed anew"


def test_ctrl_c_while_it_installs_ends_it(place: Path) -> None:
    write(place / ".venv" / "bin" / "uv", f"touch {place}/installing; exec sleep 600")
    setup = subprocess.Popen(
        [place / "bin" / "setup"], env=environ_in(place), start_new_session=True, stdout=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  (ignored, it stays so)
    )  # fmt: skip
    wait_for((place / "installing").exists)
    os.killpg(setup.pid, signal.SIGINT)  # as a terminal does
    try:
        assert setup.wait(20) == 130
    finally:
        setup.kill()
    assert "requirements.txt" not in (place / "said").read_text(), "pip did not begin after uv"
    assert not (place / ".venv" / ".installed").exists()
