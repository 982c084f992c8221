"""A database of its own for breaking walls in."""

from collections.abc import Iterator

import pytest

from tests.isolation.scratch import Scratch
from tests.support.servers import Address


@pytest.fixture(scope="session")
def scratch(servers: Address, worker_number: int) -> Iterator[Scratch]:
    """The database whose walls are taken down, one at a time."""
    scratch = Scratch(servers.postgres(), f"sill_scratch{worker_number}")
    yield scratch
    scratch.close()
