"""What tests of exports share: a store of their own, and exports for which two leads are many."""

from pathlib import Path

import pytest
from flask import Flask

from app.exports import jobs
from app.exports.services import beginning
from app.files import jobs as file_jobs
from app.files.ports.disk import DiskStore


@pytest.fixture
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of this test's own for files, swept from the top."""
    monkeypatch.setitem(app.extensions, "file_store", DiskStore(tmp_path / "files"))
    monkeypatch.setitem(file_jobs._swept_to, "key", "")
    return tmp_path / "files"


@pytest.fixture
def small(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As if two leads were many: more than one go to the worker, which takes two a turn. Returns the store's folder."""
    monkeypatch.setattr(beginning, "AT_ONCE", 1)
    monkeypatch.setattr(jobs, "PIECE", 2)
    monkeypatch.setattr(jobs, "TURN_SECONDS", 0.0)
    return folder
