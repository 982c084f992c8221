"""One Squeegee process for each test file, emptied after each test."""

from collections.abc import Iterator

import pytest

from tests.simulators.processes import Simulator
from tests.simulators.squeegee_desk import TOKEN, Squeegee


@pytest.fixture(scope="module")
def squeegee_process(tmp_path_factory) -> Iterator[Simulator]:
    folder = tmp_path_factory.mktemp("squeegee")
    started = Simulator(
        "simulators.squeegee", "--port", "0", "--data", str(folder), "--token", TOKEN, "--read-back"
    )
    yield started
    assert started.stop() == 0


@pytest.fixture
def squeegee(squeegee_process: Simulator) -> Iterator[Squeegee]:
    squeegee = Squeegee(squeegee_process)
    yield squeegee
    squeegee.door("/_reset", {})
