"""The tests' own ground: two ways to use the database, browsers that don't mix, work done in-process."""

import pytest
from sqlalchemy import select, text

from app.accounts.models import User
from app.extensions import db
from tests.support.world import make_user


def test_the_app_is_the_role_that_owns_nothing(app) -> None:
    row = db.session.execute(
        text("select current_user as role, count(*) as owned from pg_tables where tableowner = current_user")
    ).one()
    assert (row.role, row.owned) == ("sill_app", 0)


@pytest.mark.parametrize("turn", (1, 2))
def test_what_a_test_commits_is_gone_in_the_next(app, turn) -> None:
    assert db.session.scalars(select(User)).all() == []
    make_user("alice")


@pytest.mark.commits
@pytest.mark.parametrize("turn", (1, 2))
def test_what_a_test_commits_for_real_is_gone_too(app, database, turn) -> None:
    make_user("alice")
    with database.admin() as elsewhere:
        assert elsewhere.execute("select count(*) from users").fetchone() == (1,)


def test_a_rolled_back_test_commits_nothing(app, database) -> None:
    make_user("alice")
    with database.admin() as elsewhere:
        assert elsewhere.execute("select count(*) from users").fetchone() == (0,)
