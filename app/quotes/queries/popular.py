"""Which rhythm most customers of a workspace choose. Said on the page only where enough of them have chosen."""

import time
from uuid import UUID

from sqlalchemy import and_, func, select

from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.quotes.models import Quote, QuoteOption

#: The answers that are looked at, the latest first, and how many there have to be.
_LATEST, _FEWEST = 300, 20
_SECONDS, _CACHE = 900, 4096
_known: dict[UUID, tuple[float, str | None]] = {}


def most_chosen() -> str | None:
    """The frequency that at least 4 in 10 of the latest customers accepted; None where none stands out."""
    workspace_id = current_workspace_id()
    kept = _known.get(workspace_id)
    if kept and kept[0] > time.monotonic():
        return kept[1]
    if len(_known) >= _CACHE:
        _known.clear()
    found = _read(workspace_id)
    _known[workspace_id] = (time.monotonic() + _SECONDS, found)
    return found


def _read(workspace_id: UUID) -> str | None:
    latest = (
        select(Quote.workspace_id, Quote.accepted_option_id)
        .where(Quote.workspace_id == workspace_id, Quote.state == fixed("accepted"))
        .order_by(Quote.answered_at.desc())
        .limit(_LATEST)
        .subquery()
    )
    chosen = and_(latest.c.workspace_id == QuoteOption.workspace_id, latest.c.accepted_option_id == QuoteOption.id)
    rows = db.session.execute(
        select(QuoteOption.frequency, func.count())
        .join(latest, chosen)
        .group_by(QuoteOption.frequency)
        .order_by(func.count().desc())
    ).all()
    total = sum(row[1] for row in rows)
    return rows[0][0] if total >= _FEWEST and rows[0][1] * 10 >= total * 4 else None
