"""A connection that is cut in the middle of a transaction: that is what is told, and the next one has another."""

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from app.config import Config
from app.core.refusals import facts_of, told_at_a_terminal
from app.core.transactions import transaction
from app.extensions import db
from tests.support.database import WorkerDatabase, reaching
from tests.support.world import browser

ANYTHING = text("select 1")
NOWHERE = "postgresql+psycopg://sill@127.0.0.1:1/sill"


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


def test_a_command_ends_in_a_line_when_the_database_is_stopped_under_it(app: Flask, database: WorkerDatabase) -> None:
    engine = database.engine_to(database.name)
    with app.app_context(), reaching(app, engine):
        with pytest.raises(SystemExit) as ended, told_at_a_terminal(), transaction():
            db.session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
        assert str(ended.value) == "Sill: PostgreSQL: it is being stopped (SQLSTATE 57P01)."
    engine.dispose()


@pytest.mark.commits
def test_while_the_database_is_away_everything_is_to_be_tried_again(app: Flask) -> None:
    """A form in the browser goes on trying by itself after a 503, and machines believe it too."""
    client = browser(app)
    with reaching(app, create_engine(NOWHERE)):
        page = client.get("/q/some-form")
        sent = client.post("/login", data={"email": "someone@example.com", "password": "anything at all"})
        part = client.get("/q/some-form", headers={"HX-Request": "true"})
    for answer in (page, sent, part):
        assert answer.status_code == 503 and 0 < int(answer.headers["Retry-After"]) <= 60
        assert "Try again in a minute." in answer.text
    assert "look whether it was saved" in sent.text and "look whether it was saved" not in page.text
    assert page.text.count("<h1>") == 1 and "<h1>" not in part.text


@pytest.mark.commits
def test_figures_are_given_without_a_database_and_those_of_work_are_left_out(app: Flask, config: Config) -> None:
    with reaching(app, create_engine(NOWHERE)):
        answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {config.metrics_token}"})
    assert answer.status_code == 200
    assert "sill_requests_total" in answer.text and "sill_outbox_items" not in answer.text
