"""The end of an export: who asked for it hears of it, and its file has a week to live."""

from datetime import timedelta
from uuid import UUID

from flask import current_app

from app.core import outbox
from app.core.clock import utcnow
from app.core.events import Event, publish
from app.core.fragments import topic
from app.core.permissions import SYSTEM, Actor
from app.core.spreadsheets.pieces import Written
from app.core.tenancy import acting_in
from app.exports.models import LeadExport
from app.exports.words import leads_words
from app.messaging.services.composing import compose
from app.notifications.services import notify
from app.workspaces.queries import current_workspace

FORGET = "export.forget"
#: How long a file is kept.
KEPT = timedelta(days=7)


def end(made: LeadExport, state: str, actor: Actor, *, email: str = "", error: str | None = None) -> list[UUID]:
    """Close an export that is locked: `state` is "done", then `email` hears of it, or "failed"; `error` says why.

    Returns the pieces that nobody wants any more; to be deleted after the commit.
    """
    unwanted = list(made.pieces) if state == "failed" else []
    if unwanted:
        made.pieces, made.size_bytes = [], 0
    now = utcnow()
    made.state, made.finished_at, made.expires_at, made.error = state, now, now + KEPT, error
    made.lead_ids = None
    outbox.enqueue(FORGET, made.id, dedupe_key=f"{made.id}/kept", run_at=made.expires_at)
    leads = max(0, Written.of(made.written).rows - 1)
    publish(
        Event(
            f"export.{state}", made.workspace_id, actor, "export", made.id,
            data={"leads": leads, "format": made.format}, topics=frozenset({topic("export", made.id), "exports"}),
        )
    )  # fmt: skip
    with acting_in(made.workspace_id, user_id=made.created_by):  # a member's lines are theirs alone
        told = {"export_id": str(made.id), "state": state, "leads": leads}
        notify(made.created_by, "export_done", actor=actor, data=told)
    if state == "done" and email:
        _mail(email, leads)
    return unwanted


def _mail(email: str, leads: int) -> None:
    """The link leads to the page of exports, which asks who one is: the mail opens nothing."""
    workspace = current_workspace()
    base = f"{current_app.config['PUBLIC_URL']}/w/{workspace.slug}"
    body = (
        f"Hello,\n\nthe file you asked for is ready, with {leads_words(leads)}. Sign in to download it:\n\n"
        f"{base}/exports\n\n"
        f"It is deleted after {KEPT.days} days. It holds details of your customers, so take good care of it."
    )
    compose(
        None, "email", recipient=email, subject=f"Your export of {leads_words(leads)} is ready", body=body,
        actor=SYSTEM,
    )  # fmt: skip
