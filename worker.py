"""The other processes: `python worker.py` does the work that was rung for, `python worker.py scheduler` keeps time."""

import signal
import sys
import time
from contextlib import suppress

import structlog
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy.exc import OperationalError

from app import create_app
from app.core import bell, health, key_check, release_check
from app.core.refusals import kind_of
from app.environment import told_in_a_line
from app.extensions import db, redis_door
from app.schedule import TIMETABLE, Timekeeper

log = structlog.get_logger("sill.worker")


class Worker(SimpleWorker):
    """RQ's worker without forking: one warm process, whose death mid-job the outbox survives."""

    is_stopping = False
    # RQ would wait twice as long after each refusal, for up to a minute: so long work would lie after Redis is back.
    max_connection_wait_time = 5.0

    def request_stop(self, *args: object, **kwargs: object) -> None:
        """Stop after the job in hand, also when Redis can't be told."""
        Worker.is_stopping = True
        super().request_stop(*args, **kwargs)

    def heartbeat(self, *args: object, **kwargs: object) -> None:
        """RQ's own heartbeat, and the one that /readyz looks for."""
        super().heartbeat(*args, **kwargs)
        health.beat("worker")


def work() -> None:
    """Answer bells until told to stop; the job in hand is finished first. Redis or PostgreSQL away: wait for them.

    Raises ConfigError where the keys are not those of the database.
    """
    from app.core import outbox

    while not Worker.is_stopping:
        try:
            if _waits_for_tables():
                continue
            key_check.refuse_wrong_keys()
            outbox.sweep()
            worker = Worker(
                bell.queues(), connection=redis_door.client, serializer=JSONSerializer, worker_ttl=20,
                maintenance_interval=30,
            )  # fmt: skip
            worker.work(logging_level="WARNING", with_scheduler=False)
            if not Worker.is_stopping:  # RQ gives up when Redis falls silent, quietly if it is back soon after
                log.warning("worker_begins_anew")
                time.sleep(1)
        except (RedisError, OperationalError) as error:
            log.warning("worker_waits", error=type(error).__name__, kind=kind_of(error))
            db.session.remove()
            time.sleep(1)


def keep_time() -> None:
    """Run the timetable until told to stop. Raises ConfigError where the keys are not those of the database."""
    keeper = Timekeeper(TIMETABLE)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: keeper.stop())
    with suppress(OperationalError):  # away: the timetable waits for it
        while _waits_for_tables():
            if keeper.is_stopping:
                return
        key_check.refuse_wrong_keys()
    db.session.remove()
    keeper.run()


def _waits_for_tables() -> bool:
    """Whether the release command has not run yet; a second has passed then."""
    if release_check.tables() != release_check.BEHIND:
        return False
    log.warning("waits_for_release_command")
    db.session.remove()
    time.sleep(1)
    return True


if __name__ == "__main__":
    with told_in_a_line(), create_app().app_context():
        keep_time() if sys.argv[1:] == ["scheduler"] else work()
