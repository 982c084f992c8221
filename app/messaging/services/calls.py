"""Calls that nobody took: a line on the lead, and a text back to who rang, at most once a day."""

from datetime import datetime, timedelta

from sqlalchemy import select, text

from app.activities.services import record_activity
from app.core import phones
from app.core.permissions import SYSTEM, Actor
from app.extensions import db
from app.leads.models import Lead
from app.messaging.models import Arrival, Message
from app.messaging.queries.lately import were_many
from app.messaging.services.composing import compose
from app.messaging.services.rendering import TemplateFault, render_template
from app.messaging.services.suppressing import is_suppressed
from app.workspaces.queries import current_workspace

TEMPLATE = "missed_call_sms"
_ONCE_IN = timedelta(hours=24)
#: Texts to strangers in an hour: each costs money, and anybody may ring under any number, one after the other.
_MOST_TO_STRANGERS = 20
_HOLD = text("select pg_advisory_xact_lock(:key)")


def note_missed_call(lead: Lead, at: datetime, actor: Actor) -> None:
    """Keep on the lead that its contact rang and nobody answered."""
    record_activity(lead, "call", "call.missed", actor, at=at, is_customer_visible=True)


def text_back(arrival: Arrival, lead: Lead | None) -> bool:
    """Text whoever rang that we missed them, if the workspace wants that; whether a text was written.

    Not to landlines and hidden numbers, not to those who asked for no texts, and not when the same number rang within
    the last day; nor to strangers when very many of them rang. At any hour: they have just rung.
    """
    phone = phones.parse(arrival.sender)
    if not current_workspace().texts_back_missed_calls or phone is None or phone.kind != "mobile":
        return False
    if arrival.sender_key is None or is_suppressed("sms", phone.e164) or _rang_lately(arrival):
        return False
    if lead is None and were_many(TEMPLATE, _MOST_TO_STRANGERS, Message.lead_id.is_(None)):
        return False
    try:
        words = render_template(TEMPLATE, lead)
    except TemplateFault:
        return False  # its words were changed to ask for what is not known of a stranger
    compose(
        lead, "sms", recipient=phone.e164, subject="", body=words.body, template_key=TEMPLATE,
        template_version_no=words.version_no, actor=SYSTEM,
    )  # fmt: skip
    return True


def _rang_lately(arrival: Arrival) -> bool:
    """Two calls at once must not both be the first: whoever asks about a number waits for the one before."""
    key = arrival.sender_key or b""
    db.session.execute(_HOLD, {"key": int.from_bytes(key[:8], "big", signed=True)})
    query = select(Arrival.id).where(
        Arrival.workspace_id == arrival.workspace_id, Arrival.sender_key == key, Arrival.channel == "call",
        Arrival.received_at > arrival.received_at - _ONCE_IN, Arrival.id != arrival.id,
    )  # fmt: skip
    return db.session.execute(query.limit(1)).first() is not None
