"""By template: written, sent, delivered, opened, replied, and what did not get there."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Select, Text, any_, func, lateral, literal, select, true
from sqlalchemy.orm import aliased

from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Message
from app.messaging.queries.templates import list_templates
from app.reports.queries.tables import Cell, Column, Report, added_up

COLUMNS = (
    Column("template", "Template", "text"),
    Column("channel", "By", "text"),
    Column("written", "Written"),
    Column("sent", "Sent", of="written"),
    Column("delivered", "Delivered", of="sent"),
    Column("opened", "Opened", of="sent"),
    Column("replied", "Replied", of="sent", hint="The last message of ours before the customer’s answer"),
    Column("failed", "Not delivered", of="written", hint="Refused, failed, sent back, or uncertain"),
)
_FAILED = ("failed", "refused", "uncertain")


def templates_report(since: datetime, *, with_opens: bool) -> Report:
    """What came of the messages that were made of each template after `since`, the most used first. Four statements."""
    templates = [*list_templates(), *list_templates(is_archived=True)]
    keys = [each.key for each in templates]
    sent = {row.template_key: row for row in db.session.execute(_sent(keys, since))}
    replied = dict(map(tuple, db.session.execute(_replied(since))))
    rows: list[dict[str, Cell]] = []
    for template in templates:
        figures = sent.get(template.key)
        if figures is None:
            continue
        rows.append(
            {
                "template": template.name, "channel": "Email" if template.channel == "email" else "Text",
                "written": figures.written, "sent": figures.sent, "delivered": figures.delivered,
                "opened": figures.opened if with_opens and template.channel == "email" else None,
                "replied": replied.get(template.key, 0), "failed": figures.failed,
            }
        )  # fmt: skip
    rows.sort(key=lambda row: (-int(row["written"] or 0), str(row["template"])))
    return Report(COLUMNS, rows, added_up(rows, COLUMNS) if rows else None)


def _sent(keys: list[str], since: datetime) -> Select[Any]:
    return (
        select(
            Message.template_key, func.count().label("written"), func.count(Message.sent_at).label("sent"),
            func.count().filter(Message.state == "delivered").label("delivered"),
            func.count(Message.opened_at).label("opened"),
            func.count().filter(Message.state.in_(_FAILED)).label("failed"),
        )
        .where(
            Message.workspace_id == current_workspace_id(), Message.template_key == any_(literal(keys, ARRAY(Text))),
            Message.created_at >= since, Message.direction == "out", Message.state != "cancelled",
        )
        .group_by(Message.template_key)
    )  # fmt: skip


def _replied(since: datetime) -> Select[Any]:
    """Answers by the template of the last message that had gone out by then: at most one for each of our messages."""
    before = aliased(Message)
    last = lateral(
        select(before.id, before.template_key)
        .where(
            before.workspace_id == Message.workspace_id, before.contact_id == Message.contact_id,
            before.created_at < Message.created_at, before.direction == "out", before.sent_at < Message.created_at,
        )
        .order_by(before.sent_at.desc(), before.id.desc())
        .limit(1)
        .correlate(Message)
    ).alias("last_out")  # fmt: skip
    return (
        select(last.c.template_key, func.count(last.c.id.distinct()))
        .select_from(Message)
        .join(last, true())
        .where(*received(since), last.c.template_key.is_not(None))
        .group_by(last.c.template_key)
    )


def received(since: datetime) -> list[Any]:
    """What customers wrote after `since`, machines aside."""
    return [
        Message.workspace_id == current_workspace_id(), Message.state == fixed("received"),
        Message.channel.in_((fixed("email"), fixed("sms"))), Message.created_at >= since,
        func.coalesce(Message.triage, "") != "automatic",
    ]  # fmt: skip
