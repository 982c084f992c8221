"""A connection that is cut in the middle of a transaction: that is what is told, and the next one has another."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.core.refusals import facts_of
from app.core.transactions import transaction
from app.extensions import db
from tests.support.database import WorkerDatabase, reaching

ANYTHING = text("select 1")


def test_the_error_is_the_cut_and_not_what_followed_from_it(app: Flask, database: WorkerDatabase) -> None:
    engine = database.engine_to(database.name)  # of one connection: it has to come back to be had again
    with app.app_context(), reaching(app, engine):
        with pytest.raises(OperationalError) as raised, transaction():
            pid = db.session.scalar(text("select pg_backend_pid()"))
            with database.admin() as admin:
                admin.execute("select pg_terminate_backend(%s, 10000)", [pid])
            db.session.execute(ANYTHING)
        assert facts_of(raised.value) == {"error": "OperationalError", "kind": "57P01"}
        with transaction():
            assert db.session.scalar(ANYTHING) == 1
    engine.dispose()
