"""Whether the tables of the database are those that this release knows."""

from functools import lru_cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.core.transactions import transaction
from app.environment import MIGRATIONS, ConfigError
from app.extensions import db

AT_HEAD = "at head"
BEHIND = "migrations are not at head: run the release command"
#: Migrated by a newer release.
AHEAD = "ahead"


def tables() -> str:
    """AT_HEAD, BEHIND or AHEAD. Raises SQLAlchemyError."""
    with transaction():
        at = set(MigrationContext.configure(db.session.connection()).get_current_heads())
    if at == _heads():
        return AT_HEAD
    return BEHIND if at <= _known() else AHEAD


def refuse_older_tables() -> None:
    """Raise ConfigError where the release command has not run yet. Raises SQLAlchemyError."""
    if tables() == BEHIND:
        raise ConfigError(f"{BEHIND} (flask --app wsgi db upgrade).")


@lru_cache(maxsize=1)
def _heads() -> frozenset[str]:
    """The newest migrations of this release; reading all of the scripts takes longer than the rest of the probe."""
    return frozenset(ScriptDirectory(str(MIGRATIONS)).get_heads())


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """All migrations of this release."""
    return frozenset(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())
