"""How soon people were answered: from the enquiry to the first time one of us got in touch, in opening hours."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal_column, select, tuple_

from app.accounts.models import User
from app.core.catalogue import known
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, LeadSource
from app.reports.queries.tables import Cell, Column, Report

COLUMNS = (
    Column("who", "", "text"),
    Column("leads", "Enquiries"),
    Column("answered", "Answered", of="leads"),
    Column("hour", "Within an hour", of="timed", hint="An hour of opening time"),
    Column("middle", "Median", "minutes", hint="Half of them were answered sooner"),
    Column("most", "9 of 10 within", "minutes"),
)
_HOUR = 60


def answers_report(since: datetime) -> Report:
    """Enquiries that came in after `since`: all of them, by who looks after them, by source. Two statements.

    What lies in the bin counts no more, as when it is deleted for good.
    """
    rows = db.session.execute(_answers(since)).all()
    people: dict[UUID | None, str] = {}
    owners = [row.owner_id for row in rows if row.owner_id]
    if owners:
        people = dict(map(tuple, db.session.execute(select(User.id, User.name).where(User.id.in_(owners)))))
    sources = {source.id: source.name for source in known(LeadSource)}
    by_owner, by_source, everyone = [], [], []
    for row in rows:
        if not row.no_owner:
            by_owner.append(_row(row, people.get(row.owner_id, "Nobody")))
        elif not row.no_source:
            by_source.append(_row(row, sources.get(row.source_id, "")))
        elif row.leads:
            everyone.append(_row(row, "All"))
    by_owner.sort(key=_largest)
    by_source.sort(key=_largest)
    groups = [""] * len(everyone) + ["By person"] * bool(by_owner) + [""] * (len(by_owner) - 1)
    groups += ["By source"] * bool(by_source) + [""] * (len(by_source) - 1)
    return Report(COLUMNS, [*everyone, *by_owner, *by_source], None, groups)


def answer_figures(since: datetime) -> dict[UUID | None, dict[str, Cell]]:
    """The same by who looks after the lead, for the report of people."""
    rows = db.session.execute(_answers(since))
    return {row.owner_id: _row(row, "") for row in rows if not row.no_owner}


def _answers(since: datetime) -> Select[Any]:
    minutes = Lead.first_contact_minutes
    return (
        select(
            Lead.owner_id, Lead.source_id, func.grouping(Lead.owner_id).label("no_owner"),
            func.grouping(Lead.source_id).label("no_source"), func.count().label("leads"),
            func.count(Lead.first_contact_at).label("answered"),
            func.count(minutes).label("timed"),  # of leads from a file nobody knows how soon they were answered
            func.count().filter(minutes <= _HOUR).label("hour"),
            func.percentile_disc(literal_column("0.5")).within_group(minutes).label("middle"),
            func.percentile_disc(literal_column("0.9")).within_group(minutes).label("most"),
        )
        .where(Lead.workspace_id == current_workspace_id(), Lead.created_at >= since, Lead.shelf != fixed("bin"))
        .group_by(func.grouping_sets(tuple_(Lead.owner_id), tuple_(Lead.source_id), literal_column("()")))
    )  # fmt: skip


def _row(row: Any, who: str) -> dict[str, Cell]:
    return {
        "who": who, "leads": row.leads, "answered": row.answered, "timed": row.timed, "hour": row.hour,
        "middle": row.middle, "most": row.most,
    }  # fmt: skip


def _largest(row: dict[str, Cell]) -> tuple[int, str]:
    return -int(row["leads"] or 0), str(row["who"])
