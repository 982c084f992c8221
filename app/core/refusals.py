"""Why PostgreSQL or Redis refuses, in a word for the log and in a line for a terminal. What they say themselves names
hosts and roles and may quote data, so nothing of it is repeated.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, OperationalError

#: What stands in a refusal, the word for the log, and the words for a terminal.
_KINDS = (
    (r"password authentication failed|no password supplied|WRONGPASS|NOAUTH|invalid username|invalid password|"
     r"Authentication required", "password", "user name and password are not accepted"),
    (r"role .* does not exist", "no_such_role", "there is no such role"),
    (r"database .* does not exist", "no_such_database", "there is no such database"),
    (r"pg_hba\.conf|permission denied for database|NOPERM", "not_admitted", "it does not admit this role from here"),
    (r"too many (clients|connections)|connection slots|max number of clients", "full", "it has no connection left"),
    (r"starting up|LOADING|loading the dataset", "starting", "it is still starting"),
    (r"shutting down|administrator command", "stopping", "it is being stopped"),
    (r"SSL|TLS|certificate", "tls", "they don't agree on TLS"),
    (r"Connection refused", "refused", "nothing listens there"),
    (r"resolve host|translate host|Name or service not known|nodename nor servname|name resolution",
     "no_such_host", "there is no such host"),
    (r"timeout|timed out", "timeout", "it does not answer in time"),
    (r"No route|unreachable", "unreachable", "there is no way to it"),
    (r"closed|reset|broken|terminat|lost", "cut", "the connection was cut"),
)  # fmt: skip
#: The same for what has a code: class 42501 and so on.
_STATES = {
    "42501": "the role may not do that; MIGRATION_DATABASE_URL must name the one that owns the tables",
    "55P03": "somebody holds a lock on a table; nothing was changed, try again",
    "53300": "it has no connection left",
    "53100": "its disk is full",
    "25006": "it takes no changes, as one that stands by for another",
}
#: Classes of codes of a server that serves nobody now: connections that broke, none or no room left, ending, starting.
#: https://www.postgresql.org/docs/current/errcodes-appendix.html
_AWAY = ("08", "53", "57P")


def is_away(error: DBAPIError) -> bool:
    """Whether PostgreSQL can't be reached or serves nobody now, so that the same request will do later."""
    state = _state(error)
    # What never got an answer of the server has no code.
    return isinstance(error, OperationalError) and (state is None or state.startswith(_AWAY))


def kind_of(error: BaseException) -> str:
    """A word for the log: the SQLSTATE where there is one, else the kind of refusal, else "unknown"."""
    return _state(error) or next((kind for pattern, kind, _ in _KINDS if _matches(pattern, error)), "unknown")


def facts_of(error: BaseException) -> dict[str, str]:
    """What the log is told of an error: its type and, where a server refuses, why."""
    told = {"error": type(error).__name__}
    return told | ({"kind": kind_of(error)} if isinstance(error, (DBAPIError, RedisError)) else {})


def sentence(error: BaseException) -> str:
    """A line for a terminal."""
    server = "Redis" if isinstance(error, RedisError) else "PostgreSQL"
    state = _state(error)
    words = next((words for pattern, _, words in _KINDS if _matches(pattern, error)), "it refuses")
    if state:
        return f"{server}: {_STATES.get(state, words)} (SQLSTATE {state})."
    setting = "REDIS_URL" if server == "Redis" else "DATABASE_URL or MIGRATION_DATABASE_URL"
    return f"{server}: {words}. See to it, or to {setting}."


@contextmanager
def told_at_a_terminal() -> Iterator[None]:
    """End the process with one line where a server refuses. What is no refusal, a fault of ours, is raised as it is."""
    try:
        yield
    except (DBAPIError, RedisError) as error:
        if not _is_refusal(error):
            raise
        raise SystemExit(f"Sill: {sentence(error)}") from None


def _is_refusal(error: DBAPIError | RedisError) -> bool:
    """Whether the server is away, admits us not, or lets us not do it; broken SQL is none."""
    state = _state(error)
    if state is None:
        return kind_of(error) != "unknown"
    return state in _STATES or state.startswith(_AWAY)


def _state(error: BaseException) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)


def _matches(pattern: str, error: BaseException) -> bool:
    return re.search(pattern, str(getattr(error, "orig", None) or error), re.IGNORECASE) is not None
