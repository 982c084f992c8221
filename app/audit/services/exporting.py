"""The log as a file for a spreadsheet: what the list tells, and nothing of what was before or after."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.audit.queries.filtering import AuditFilter
from app.audit.queries.listing import read_rows
from app.audit.queries.naming import everybody
from app.audit.queries.showing import lines_of
from app.core.errors import Invalid, SillError
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.spreadsheets.writing import write_csv
from app.core.tenancy import current_workspace_id
from app.workspaces.queries import current_workspace

#: As many entries as one file holds, and as many as are looked through for them.
MOST = 5_000
LOOKED_THROUGH = 50_000
HEADER = ("When", "Who", "What", "About", "Address", "Device")


class TooMany(SillError):
    """More fits than one file holds: the newest go back to `since`."""

    def __init__(self, since: datetime) -> None:
        super().__init__("too many entries for one file")
        self.since = since


def export_entries(
    wanted: AuditFilter, subject_ids: Sequence[UUID], actor: Actor, *, only_newest: bool = False
) -> bytes:
    """What fits as CSV, newest first. Raises Invalid for nothing, and TooMany unless the newest will do."""
    rows, bound = read_rows(wanted, subject_ids, None, MOST + 1, looked_through=LOOKED_THROUGH)
    if not rows and not bound:
        raise Invalid({"": "Nothing fits, so there is nothing to export."})
    since = rows[MOST - 1].at if len(rows) > MOST else bound and bound[0]
    if since and not only_newest:
        raise TooMany(since)
    told = lines_of(rows[:MOST], everybody())
    zone = current_workspace().clock().zone
    here = current_workspace_id()
    data = {"entries": len(told), "filter": wanted.as_query(), "all": not since}
    publish(Event("audit.exported", here, actor, "workspace", here, data=data))
    return write_csv(
        HEADER,
        (
            (
                f"{line.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", line.who, line.what,
                line.about.words if line.about else "", line.address, line.device,
            )
            for line in told
        ),
    )  # fmt: skip
