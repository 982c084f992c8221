"""Real dates beside the sheet: when each step would come for a chosen lead, and what moves it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import request

from app.core import web
from app.core.clock import utcnow
from app.core.ids import parse_id
from app.followups.forms.judging import judge
from app.followups.forms.sheet import Sheet
from app.followups.queries.beginnings import leads_of
from app.followups.queries.steps import every
from app.followups.services.dating import dates_of
from app.followups.words import KIND_ICONS
from app.search.queries import FoundLead, find, recent_leads
from app.search.services import note_look
from app.workspaces.models import Workspace
from app.workspaces.queries import current_workspace

_MOST_TYPED = 100


@dataclass(frozen=True, slots=True)
class DateShown:
    """A moment beside a step: "Day 3", "Tue 8 Dec 09:10", and why it is not earlier ("closed on Sat")."""

    day: str
    words: str
    why: str = ""
    icon: str = ""
    title: str = ""
    key: str = ""
    exact: datetime | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The dates of a sheet for one lead from one moment on; `rows` in order of time, `dates` by the step's key."""

    start: DateShown
    began: str
    rows: list[DateShown] = field(default_factory=list)
    dates: dict[str, DateShown] = field(default_factory=dict)
    leads: list[FoundLead] = field(default_factory=list)
    chosen: UUID | None = None
    typed: str = ""
    unread: int = 0


def preview_of(sheet: Sheet) -> Preview:
    """The dates of a sheet, for the lead and the moment that were chosen beside it, or the newest lead from now on.

    Steps that can't be read yet are left out and counted.
    """
    workspace = current_workspace()
    typed = request.form.get("preview_q", "")[:_MOST_TYPED]
    leads, lead = _leads(typed, workspace)
    began_at = _began(workspace)
    judged = judge(sheet)
    local = began_at.astimezone(workspace.clock().zone)
    start = DateShown("Start", _words(began_at, workspace))
    rows = []
    for dated in dates_of(judged.steps, began_at, workspace, lead):
        days = (dated.at.astimezone(local.tzinfo).date() - local.date()).days
        step = dated.step
        rows.append(
            DateShown(
                f"Day {days}" if days else "Same day", _words(dated.at, workspace), dated.why or "",
                KIND_ICONS[step.kind], step.title, step.key, dated.at,
            )
        )  # fmt: skip
    known = {row.key: row for row in rows}
    unread = sum(1 for _ in sheet.every()) - sum(1 for _ in every(judged.steps))
    chosen = lead.id if lead else None
    return Preview(start, local.strftime("%Y-%m-%dT%H:%M"), rows, known, leads, chosen, typed, unread)


def _leads(typed: str, workspace: Workspace) -> tuple[list[FoundLead], Any]:
    """Leads to choose from, and the one that is chosen."""
    wanted = parse_id(request.form.get("preview_lead", "") or request.args.get("lead", ""))
    if typed:
        today = utcnow().astimezone(workspace.clock().zone).date()
        found = find(typed, workspace.lead_number_prefix, workspace.lead_number_year, today)
        note_look(found.hits, "sequence-dates", web.actor())
        leads = found.leads
    else:
        _, leads = recent_leads([wanted] if wanted else [])
    ids = [each.id for each in leads]
    chosen = wanted if wanted in ids else next(iter(ids), None)
    return leads, leads_of([chosen]).get(chosen) if chosen else None


def _began(workspace: Workspace) -> datetime:
    """The moment from which dates are counted: as typed in local time, else now."""
    try:
        local = datetime.fromisoformat(request.form.get("preview_start", ""))
    except ValueError:
        return utcnow()
    if not 2000 <= local.year <= 2100:
        return utcnow()
    return local.replace(tzinfo=workspace.clock().zone).astimezone(UTC)


def _words(at: datetime, workspace: Workspace) -> str:
    local = at.astimezone(workspace.clock().zone)
    year = "" if local.year == utcnow().year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"
