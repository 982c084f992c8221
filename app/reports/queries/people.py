"""By who looks after the leads: what was sent, what came back, who said yes, how soon people were answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, and_, cast, exists, func, literal, select, union_all

from app.accounts.models import User
from app.activities.models import Activity
from app.core.catalogue import known
from app.core.models import fixed, one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, Sequence
from app.leads.models import Lead, Stage, StageChange
from app.messaging.models import Message
from app.reports.queries.answers import answer_figures
from app.reports.queries.tables import Cell, Column, Report, added_up
from app.reports.queries.templates import received

COLUMNS = (
    Column("person", "Person", "text", hint="Who looks after the lead now"),
    Column("leads", "Enquiries"),
    Column("middle", "Answered in", "minutes", hint="Median, in opening hours"),
    Column("sent", "Sent", hint="Messages that went out on their leads, by hand or by themselves"),
    Column("delivered", "Delivered", of="sent"),
    Column("opened", "Opened", of="sent"),
    Column("replied", "Replied", of="sent", hint="Messages that customers wrote"),
    Column("booked", "Said yes", of="leads", hint="Leads that became ready for Squeegee"),
    Column("opted_out", "Opted out"),
)
_WON = "ready_for_squeegee"
_LEFT = ("sent", "delivered", "failed")


def people_report(since: datetime, *, with_opens: bool) -> Report:
    """What came of each person's leads after `since`, those in the bin left out. Three statements."""
    found: dict[UUID | None, dict[str, Cell]] = {
        owner_id: {"leads": each["leads"], "middle": each["middle"]} for owner_id, each in answer_figures(since).items()
    }
    for owner_id, measure, count in db.session.execute(union_all(*_arms(since))):
        found.setdefault(owner_id, {})[measure] = count
    names: dict[UUID, str] = {}
    if owners := [owner_id for owner_id in found if owner_id]:
        names = dict(map(tuple, db.session.execute(select(User.id, User.name).where(User.id.in_(owners)))))
    rows = []
    for owner_id, figures in found.items():
        row: dict[str, Cell] = {column.key: figures.get(column.key, 0) for column in COLUMNS[1:]}
        row["person"] = names.get(owner_id, "Nobody yet") if owner_id else "Nobody yet"
        row["middle"] = figures.get("middle")
        row["opened"] = row["opened"] if with_opens else None
        rows.append(row)
    rows.sort(key=lambda row: (-int(row["sent"] or 0), str(row["person"])))
    return Report(COLUMNS, rows, added_up(rows, COLUMNS) if rows else None)


def _arms(since: datetime) -> list[Select[Any]]:
    here = current_workspace_id()
    won = [stage.id for stage in known(Stage) if stage.key == _WON]
    sequences = [sequence.id for sequence in known(Sequence)]
    ours = (
        Message.workspace_id == here, Message.state.in_(_LEFT), Message.channel.in_(("email", "sms")),
        Message.created_at >= since, Message.direction == "out",
    )  # fmt: skip
    yes = (
        StageChange.workspace_id == here, StageChange.to_stage_id == one_among(won), StageChange.at >= since,
        ~_is_undone(),
    )  # fmt: skip
    no_more = (
        Enrolment.workspace_id == here, Enrolment.sequence_id == one_among(sequences), Enrolment.state == "stopped",
        Enrolment.started_at >= since, Enrolment.why == "opted_out",
    )  # fmt: skip
    return [
        _by_owner(Message, "sent", func.count(Message.sent_at), *ours),
        _by_owner(Message, "delivered", func.count(), *ours, Message.state == "delivered"),
        _by_owner(Message, "opened", func.count(), *ours, Message.opened_at.is_not(None)),
        _by_owner(Message, "replied", func.count(), *received(since)),
        _by_owner(StageChange, "booked", func.count(StageChange.lead_id.distinct()), *yes),
        _by_owner(Enrolment, "opted_out", func.count(Enrolment.lead_id.distinct()), *no_more),
    ]


def _is_undone() -> Any:
    """Whether a move was a slip that was taken back."""
    return exists().where(
        Activity.workspace_id == StageChange.workspace_id, Activity.lead_id == StageChange.lead_id,
        Activity.kind == "stage_changed", Activity.data["undoes"].astext == cast(StageChange.id, Text),
    )  # fmt: skip


def _by_owner(model: Any, measure: str, count: Any, *which: Any) -> Select[Any]:
    return (
        select(Lead.owner_id, literal(measure).label("measure"), count.label("how_many"))
        .select_from(model)
        .join(Lead, and_(Lead.workspace_id == model.workspace_id, Lead.id == model.lead_id, Lead.shelf != fixed("bin")))
        .where(*which)
        .group_by(Lead.owner_id)
    )
