"""Noticing that a pooled connection has died before a request stumbles over it.

SQLAlchemy's own way is a question to the server at every checkout, which costs each request a round trip. Looking
at the socket costs none and sees every connection that the server has closed, as it does when it restarts. Only one
that lay unused for long is asked a question: its network may be gone without a word.
"""

import time
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import Pool

#: Seconds without use after which a question is asked.
LONG = 30.0
_USED = "used_at"


@event.listens_for(Pool, "checkout")
def _see_to(driver_connection: Any, record: Any, proxy: Any) -> None:
    """Make the pool try another connection when this one is dead."""
    used_at = record.info.get(_USED)
    if used_at is None:
        return
    try:
        for _ in range(2):  # the first look may find the server's last words, the second that nothing follows
            driver_connection.pgconn.consume_input()
        if time.monotonic() - used_at > LONG:
            driver_connection.execute("select 1")
            driver_connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error


@event.listens_for(Pool, "checkin")
def _note(driver_connection: Any, record: Any) -> None:
    record.info[_USED] = time.monotonic()
