"""What waits for the commit, and what a savepoint that is rolled back takes with it."""

import pytest

from app.core.transactions import after_commit, gather_after_commit, transaction
from app.extensions import db


def try_it(said: list[object], words: str, *, fails: bool = True) -> None:
    """Work in a savepoint of its own that leaves something to be said."""
    try:
        with db.session.begin_nested():
            after_commit(lambda: said.append(words))
            gather_after_commit("both", [words], lambda told: said.append(sorted(told)))
            gather_after_commit(words, [words], lambda told: said.append(sorted(told)))
            if fails:
                raise ValueError
    except ValueError:
        pass


@pytest.mark.usefixtures("world")
def test_a_savepoint_takes_only_its_own_with_it() -> None:
    said: list[object] = []
    with transaction():
        after_commit(lambda: said.append("first"))
        gather_after_commit("both", ["a"], lambda told: said.append(sorted(told)))
        try_it(said, "lost")
        try_it(said, "kept", fails=False)
        after_commit(lambda: said.append("last"))
    assert said == ["first", ["a", "kept"], "kept", ["kept"], "last"]


@pytest.mark.usefixtures("world")
def test_one_savepoint_in_another() -> None:
    said: list[object] = []
    with transaction():
        with db.session.begin_nested():
            after_commit(lambda: said.append("outer"))
            try_it(said, "inner")
        try_it(said, "after")
    assert said == ["outer"]


@pytest.mark.usefixtures("world")
def test_a_whole_rollback_says_nothing() -> None:
    said: list[object] = []
    with transaction() as work:
        after_commit(lambda: said.append("first"))
        try_it(said, "kept", fails=False)
        work.abandon()
    with transaction():
        after_commit(lambda: said.append("next"))
    assert said == ["next"]
