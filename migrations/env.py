"""Alembic's way in: migrations run as the owner of the tables, the app as a role that owns nothing."""

from logging.config import dictConfig
from typing import Any

import click
from alembic import context
from flask import current_app
from sqlalchemy import Connection, create_engine, pool, text
from sqlalchemy.engine import make_url

from app.core.refusals import told_at_a_terminal
from app.extensions import db

dictConfig({"version": 1, "disable_existing_loggers": False})


def _tell(*, step: Any, **_: Any) -> None:
    """Name a revision that was run, for the log of the release."""
    for script in step.up_revisions:
        click.echo(f"{'Up to' if step.is_upgrade else 'Down from'} {script.revision}: {script.doc}")


def _refuse_small_alphabets(connection: Connection) -> None:
    """End here unless the database keeps every letter: nobody finds out later, by the first name that it can't keep."""
    encoding = connection.scalar(text("show server_encoding"))
    if encoding != "UTF8":
        raise SystemExit(f"Sill: the database has the encoding {encoding}. Make it anew with the encoding UTF8.")


def _wait_for_others(connection: Connection) -> None:
    """Wait until nobody else migrates this database: where each of several machines runs the release command, the
    others find nothing left to do. What is locked here is let go of with the connection.
    """
    connection.execute(text("set lock_timeout = '10min'"))
    connection.execute(text("select pg_advisory_lock(hashtext('sill migrations'))"))


def run_migrations() -> None:
    """Connect as the owner and run what is asked, in one transaction, giving up on a table's lock after 4 s."""
    settings = current_app.config
    app_role = make_url(settings["SQLALCHEMY_DATABASE_URI"]).username
    ours = {"client_encoding": "utf8"}
    engine = create_engine(settings["MIGRATION_DATABASE_URL"], poolclass=pool.NullPool, connect_args=ours)
    with engine.connect() as connection:
        _refuse_small_alphabets(connection)
        _wait_for_others(connection)
        connection.execute(text("set lock_timeout = '4s'"))
        connection.commit()
        context.configure(
            connection=connection, target_metadata=db.metadata, compare_type=True,
            process_revision_directives=None, app_role=app_role, on_version_apply=_tell,
        )  # fmt: skip
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


with told_at_a_terminal():
    run_migrations()
