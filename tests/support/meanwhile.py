"""Two people at once: one acts, and before that is committed the other begins to."""

import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy import text

from app.core import tenancy
from app.core.tenancy import Scope
from app.extensions import db
from tests.support.waiting import wait_for
from tests.support.world import World

#: Of this database alone: tests beside this one wait for locks in theirs.
_WAITING = text(
    "select 1 from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()"
)


def meanwhile(app: Flask, world: World, act: Callable[[], object], waits: str) -> Exception | None:
    """Do something as Alice in another process's place, which has to wait for what this one has not committed yet, and
    commit that; what the other was told.
    """
    alice, told = world.alice, []

    def other_person() -> None:
        with app.app_context():
            tenancy.enter(Scope(alice.workspace_id, alice.user_id, "all"))
            try:
                act()
                db.session.commit()
            except Exception as error:
                told.append(error)
            finally:
                db.session.remove()

    thread = threading.Thread(target=other_person)
    thread.start()
    wait_for(lambda: db.session.execute(_WAITING).first(), what=waits)
    db.session.commit()
    thread.join(30)
    world.enter()
    return told[0] if told else None
