"""Sealing everything of a workspace anew with its newest data key.

What is done is told by the values themselves, so that it may be broken off anywhere and goes on when called again.
"""

import time
from collections.abc import Callable
from uuid import UUID

import structlog

from app.core import keyring
from app.core.sealed_columns import sealed_columns
from app.core.tenancy import acting_in
from app.core.transactions import transaction
from app.files.services.resealing import reseal_files
from app.keys.services.rows import Tally, reseal_rows
from app.leads.services.resealing_views import reseal_views

log = structlog.get_logger(__name__)
_MOST_ROUNDS = 20
_PAUSE_SECONDS = 1.0


class Resealing:
    """The sealing of one workspace. First `go_over`, then, KNOWN_WITHIN_SECONDS after the start, `finish`."""

    def __init__(self, workspace_id: UUID, tell: Callable[[str], None]) -> None:
        """`tell` is given a line about each table in which something was done."""
        self.workspace_id = workspace_id
        self._tell = tell
        self.values = self.files = self.held = 0
        self.closed: dict[str, int] = {}

    def has_older_keys(self) -> bool:
        """Whether there is any older data key, under which something may be. Raises CryptoError if keys don't open."""
        with acting_in(self.workspace_id), transaction():
            return len(keyring.cipher().key_numbers) > 1

    def go_over(self) -> bool:
        """Seal what older keys have sealed in the database, once; whether nothing was found."""
        round_of = Tally()
        with acting_in(self.workspace_id):
            for table, columns in sealed_columns().items():
                done = reseal_rows(table, columns)
                if done.done:
                    self._tell(f"{table.name}: {done.done:,} values")
                round_of.add(done)
            views = reseal_views()
        self.values += round_of.done + views.done
        self.held, self.closed = round_of.held + views.held, dict(round_of.closed)
        return not (round_of.done or views.done or self.held)

    def finish(self, pause: Callable[[float], None] = time.sleep) -> bool:
        """Go over it until nothing is left but what doesn't open, then over the files; whether that was reached.

        No process may seal with an older key any more when this is called. Raises StoreUnavailable.
        """
        for _ in range(_MOST_ROUNDS):
            if self.go_over():
                break
            if self.held:
                pause(_PAUSE_SECONDS)
        with acting_in(self.workspace_id):
            files = reseal_files()
        self.files = files.done
        if files.closed:
            self.closed["files in the store"] = files.closed
        log.info("workspace_resealed", workspace=str(self.workspace_id), values=self.values, files=self.files)
        return not self.held and not self.closed
