"""Messages whose time has come, for measuring how they leave: leads of `flask bench seed`, one mail each."""

import argparse
import json
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import insert, select, text

from app import create_app
from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.keyring import cipher
from app.core.outbox import OutboxItem
from app.core.permissions import SYSTEM
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import LeadDraft, create_lead
from app.messaging.models import Message, MessageProvider
from app.messaging.ports.settings import SmtpSettings
from app.messaging.services.letters import letter_html
from app.workspaces.queries import current_workspace
from bench.scenes import inside

_BODY = (
    "Hello {number},\n\nthank you for asking about your windows. We clean a house like yours every eight weeks, inside"
    " and out as you like, and text you the evening before we come.\n\nYou can say yes on this page:\n\n"
    "If anything is unclear, just answer this mail: it comes to the people who clean.\n\nKind regards,\nthe team"
)
_AT_ONCE = 500


def plan_mails(app: Flask, slug: str, number: int, domains: tuple[str, ...] = ("example.com",)) -> list[UUID]:
    """Write that many mails to leads of the workspace, in turn to each domain; due now, and nobody is rung.

    Other work of the workspace that is due is called off first. Returns the messages' ids.
    """
    made: list[UUID] = []
    with inside(app, slug) as workspace_id:
        db.session.execute(text("update outbox set state = 'cancelled' where state in ('ready', 'leased')"))
        leads = list(db.session.scalars(select(Lead.id).order_by(Lead.id).limit(number)))
        for start in range(0, number, _AT_ONCE):
            made += _write(workspace_id, leads, range(start, min(start + _AT_ONCE, number)), domains)
    return made


def _write(workspace_id: UUID, leads: list[UUID], numbers: range, domains: tuple[str, ...]) -> list[UUID]:
    now = utcnow() - timedelta(seconds=1)
    workspace, seal = current_workspace(), cipher().seal
    messages, items = [], []
    for number in numbers:
        message_id = new_id()
        body = _BODY.format(number=number)
        sealed = {
            "recipient": f"customer{number}.{message_id.hex[-6:]}@{domains[number % len(domains)]}",
            "subject": f"Your windows, number {number}", "body": body, "html": letter_html(body, workspace),
        }  # fmt: skip
        columns = {
            f"{name}_sealed": seal(value, "messages", f"{name}_sealed", message_id) for name, value in sealed.items()
        }
        messages.append({
            "workspace_id": workspace_id, "id": message_id, "lead_id": leads[number % len(leads)], "channel": "email",
            "created_at": now, **columns,
        })  # fmt: skip
        items.append({
            "workspace_id": workspace_id, "id": new_id(), "kind": "message.send", "subject_id": message_id,
            "dedupe_key": str(message_id), "run_at": now,
        })  # fmt: skip
    db.session.execute(insert(Message), messages)
    db.session.execute(insert(OutboxItem), items)
    return [each["id"] for each in messages]

def main() -> None:
    """Plan mails in the environment's database and print by message id for which domain each is, as JSON."""
    parser = argparse.ArgumentParser(prog="bench.due", description=main.__doc__)
    parser.add_argument("--slug", action="append", required=True, help="workspaces, each of which gets its share")
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--domain", action="append", default=[], help="in turn; one may be given several times")
    parser.add_argument("--leads", type=int, default=0, help="make sure that there are so many to write to")
    parser.add_argument("--own-server", action="append", default=[], help="slug=port: its own, which drops no repeat")
    chosen = parser.parse_args()
    app, planned = create_app(), {}
    for slug in chosen.slug:
        own = dict(each.split("=") for each in chosen.own_server).get(slug)
        if own:
            _use_own_server(app, slug, int(own))
        _add_leads(app, slug, chosen.leads)
        domains = tuple(chosen.domain) or ("example.com",)
        ids = plan_mails(app, slug, chosen.messages // len(chosen.slug), domains)
        planned |= {str(message_id): domains[at % len(domains)] for at, message_id in enumerate(ids)}
    print(json.dumps(planned))


def _use_own_server(app: Flask, slug: str, port: int) -> None:
    settings = SmtpSettings(host="127.0.0.1", port=port, security="none", sender="desk@example.com")
    with inside(app, slug):
        db.session.add(MessageProvider(channel="email", kind="smtp", settings=json.dumps(settings.as_json())))


def _add_leads(app: Flask, slug: str, number: int) -> None:
    with inside(app, slug):
        there = len(list(db.session.scalars(select(Lead.id).limit(number))))
        for at in range(there, number):
            create_lead(LeadDraft(name=f"Ada Number{at}", postcode="BA5 2QJ", phone=f"0113 496 0{at:03d}"), SYSTEM)


if __name__ == "__main__":
    main()
