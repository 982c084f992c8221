"""By step of each sequence: planned, sent, delivered, opened, replied, booked, opted out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, lateral, literal, select, true, union_all

from app.core.catalogue import known
from app.core.models import one_among
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.models import Enrolment, FollowUp, Sequence
from app.followups.queries.steps import every, steps_of
from app.messaging.models import Message
from app.reports.queries.tables import Cell, Column, Report, added_up

COLUMNS = (
    Column("step", "Step", "text"),
    Column("planned", "Planned"),
    Column("done", "Done", of="planned", hint="Messages that were written, calls and tasks that were settled"),
    Column("sent", "Sent"),
    Column("delivered", "Delivered", of="sent"),
    Column("opened", "Opened", of="sent"),
    Column("replied", "Replied", of="done"),
    Column("booked", "Booked", of="done"),
    Column("opted_out", "Opted out", of="done"),
)
#: Why a lead's way ended -> what came of the last step that was done.
_RESULTS = {"replied": "replied", "booked": "booked", "accepted": "booked", "opted_out": "opted_out"}
_OF_MESSAGES = ("sent", "delivered", "opened")
_COUNTS = ("planned", "done", "sent", "delivered", "opened")


def steps_report(since: datetime, *, with_opens: bool) -> Report:
    """What came of every step, by sequence, of acts planned and ways begun after `since`. One statement."""
    sequences = sorted(known(Sequence), key=lambda each: (each.position, each.name.casefold()))
    figures = _figures([each.id for each in sequences], since)
    rows: list[dict[str, Cell]] = []
    groups: list[str] = []
    for sequence in sequences:
        for number, (key, title, kind) in enumerate(_steps(sequence, figures)):
            counts = figures[sequence.id, key]
            rows.append({column.key: counts.get(column.key, 0) for column in COLUMNS[1:]})
            rows[-1] |= {"step": title, "sequence": sequence.name}
            for name in _OF_MESSAGES if kind in ("call", "task", "stage") else () if with_opens else ("opened",):
                rows[-1][name] = None
            groups.append(sequence.name if number == 0 else "")
    return Report(COLUMNS, rows, added_up(rows, COLUMNS) if rows else None, groups)


def _steps(sequence: Sequence, figures: dict[tuple[UUID, str], dict[str, int]]) -> Iterable[tuple[str, str, str]]:
    """Key, title and kind of the steps of which anything is known, in order; what is no longer there comes last."""
    present = [(each.key, each.title or each.kind.capitalize(), each.kind) for each in every(steps_of(sequence.steps))]
    yield from (step for step in present if (sequence.id, step[0]) in figures)
    keys = {key for key, _, _ in present}
    gone = sorted(key for sequence_id, key in figures if sequence_id == sequence.id and key not in keys)
    yield from ((key, f"{key.replace('_', ' ').capitalize()} (no longer there)", "") for key in gone)


def _figures(sequence_ids: list[UUID], since: datetime) -> dict[tuple[UUID, str], dict[str, int]]:
    found: dict[tuple[UUID, str], dict[str, int]] = {}
    for sequence_id, key, why, *counts in db.session.execute(union_all(_acts(sequence_ids, since),
                                                                       _ends(sequence_ids, since))):  # fmt: skip
        if not key:
            continue
        figures = found.setdefault((sequence_id, key), {})
        if why:
            figures[_RESULTS[why]] = figures.get(_RESULTS[why], 0) + counts[0]
        else:
            figures |= dict(zip(_COUNTS, counts, strict=True))
    return found


def _acts(sequence_ids: list[UUID], since: datetime) -> Select[Any]:
    done: ColumnElement[bool] = FollowUp.state.in_(("done", "queued"))
    return (
        select(
            FollowUp.sequence_id, FollowUp.step_key, literal("").label("why"), func.count(),
            func.count().filter(done), func.count(Message.sent_at),
            func.count().filter(Message.state == "delivered"), func.count(Message.opened_at),
        )
        .outerjoin(Message, and_(Message.workspace_id == FollowUp.workspace_id, Message.id == FollowUp.message_id))
        .where(
            FollowUp.workspace_id == current_workspace_id(), FollowUp.sequence_id == one_among(sequence_ids),
            FollowUp.created_at >= since, FollowUp.kind.not_in(("wait", "branch")),
        )
        .group_by(FollowUp.sequence_id, FollowUp.step_key)
    )  # fmt: skip


def _ends(sequence_ids: list[UUID], since: datetime) -> Select[Any]:
    """Answers, bookings and opt-outs, each counted for the last step that was done before it."""
    last = lateral(
        select(FollowUp.step_key)
        .where(
            FollowUp.workspace_id == Enrolment.workspace_id, FollowUp.enrolment_id == Enrolment.id,
            FollowUp.state.in_(("done", "queued")), FollowUp.kind.in_(("email", "sms", "call", "task")),
        )
        .order_by(func.coalesce(FollowUp.finished_at, FollowUp.due_at).desc(), FollowUp.id.desc())
        .limit(1)
        .correlate(Enrolment)
    ).alias("last_done")  # fmt: skip
    nothing = [literal(0)] * 4
    return (
        select(Enrolment.sequence_id, last.c.step_key, Enrolment.why, func.count(), *nothing)
        .join(last, true())
        .where(
            Enrolment.workspace_id == current_workspace_id(), Enrolment.sequence_id == one_among(sequence_ids),
            Enrolment.state == "stopped", Enrolment.started_at >= since, Enrolment.why.in_(tuple(_RESULTS)),
        )
        .group_by(Enrolment.sequence_id, last.c.step_key, Enrolment.why)
    )  # fmt: skip
