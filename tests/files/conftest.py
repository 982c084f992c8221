"""What tests of files share: the one that was just added, and a bucket."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.embedded.ports import free_port
from app.extensions import db
from app.files import jobs
from app.files.models import File
from app.files.ports.s3 import Bucket, S3Store
from tests.files.pictures import picture, send
from tests.support.simulators import FarEnd

KEY_ID, SECRET, BUCKET = "AKIDTESTS", "secret-of-the-tests", "sill-files"


class ObjectStore(FarEnd):
    """A bucket that speaks S3, as a process."""

    def __init__(self, port: int) -> None:
        super().__init__(
            "simulators.object_store", f"http://127.0.0.1:{port}", "--port", str(port), "--key-id", KEY_ID,
            "--secret", SECRET, "--bucket", BUCKET,
        )  # fmt: skip

    def keys(self) -> list[str]:
        """What lies in it."""
        return list(self.state()["keys"])

    def age(self, seconds: int) -> None:
        """Make all that lies there older."""
        self._post("/_age", {"seconds": seconds})


@pytest.fixture(scope="module")
def object_store_process() -> Iterator[ObjectStore]:
    started = ObjectStore(free_port())
    yield started
    started.stop()


@pytest.fixture
def bucket(app: Flask, object_store_process: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """An empty bucket, which the app keeps its files in."""
    object_store_process.reset()
    place = Bucket(object_store_process.url, "eu-west-2", BUCKET, KEY_ID, SECRET)
    monkeypatch.setitem(app.extensions, "file_store", S3Store(place))
    return object_store_process


@pytest.fixture(autouse=True)
def sweep_from_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test goes on where another's sweep stopped."""
    monkeypatch.setitem(jobs._swept_to, "key", "")


@pytest.fixture
def add_photo(alice: Any, make_lead: Callable[..., Any]) -> Callable[..., UUID]:
    """Add a photo to a lead (a new one if none is given); returns the file's id."""

    def add(lead: Any = None, content: bytes | None = None, client: Any = None, name: str = "front.jpg") -> UUID:
        lead = lead or make_lead()
        known = set(db.session.scalars(select(File.id)))
        assert send(client or alice, lead, content or picture(), name).status_code == 201
        (new,) = set(db.session.scalars(select(File.id))) - known
        return new

    return add
