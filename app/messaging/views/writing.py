"""Writing an email or a text to a lead's contact, freely or with the words of a template."""

from datetime import timedelta
from uuid import UUID

from flask import Response, g, request, url_for

from app.core import web
from app.core.errors import Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.network import SENDING, person_or_block
from app.core.permissions import permit
from app.extensions import limiter
from app.leads.models import Lead
from app.leads.services import get_lead
from app.messaging.forms import LONGEST_SMS, Typed
from app.messaging.queries.answering import templates_for
from app.messaging.services import TemplateFault, render_template
from app.messaging.services import compose as write
from app.messaging.services.answering import key_of_both, template_used
from app.messaging.services.weighing import Weight, weigh
from app.messaging.views import bp
from app.workspaces.layout import desk

#: What a person typed is kept back this long, so that "Unsend" has something to take back.
HOLD = timedelta(seconds=15)


@bp.get("/w/<slug>/leads/<uuid:lead_id>/messages/new")
@permit("messages:write")
def compose_form(slug: str, lead_id: UUID) -> Response:
    """The form, for one channel, with the contact's address filled in."""
    lead = get_lead(lead_id)
    channel = "sms" if request.args.get("channel") == "sms" else "email"
    return _form(lead, _blank(lead, channel), {})


@bp.post("/w/<slug>/leads/<uuid:lead_id>/messages")
@permit("messages:write")
@limiter.limit(SENDING, key_func=person_or_block)
def compose(slug: str, lead_id: UUID) -> Response:
    """Write the message. What can't be taken comes back with everything that was typed."""
    lead, typed = get_lead(lead_id, lock=True), Typed.read(request.form)  # before its conversation
    try:
        typed.check()
    except Invalid as error:
        return _form(lead, typed, error.errors, 422)
    template = template_used(request.form.get("template_key"))
    message = write(
        lead, typed.channel, recipient=typed.recipient, subject=typed.subject, body=typed.body,
        created_by=g.viewer.user_id, actor=web.actor(), hold=HOLD,
        purpose=template.purpose if template else "service", template_key=template.key if template else None,
        template_version_no=template.version_no if template else None,
    )  # fmt: skip
    if not wants_fragment():
        return redirect_to(url_for("leads.show", lead_id=lead.id))
    words = "Your email is leaving." if typed.channel == "email" else "Your text is leaving."
    undo_url = url_for("messaging.unsend", message_id=message.id)
    pane = _pane(lead, _blank(lead, typed.channel), {})
    return answer(pane, fragment("messaging/_toast.html", words=words, undo_url=undo_url))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/messages/words")
@permit("messages:write")
def put_words(slug: str, lead_id: UUID) -> Response:
    """The form again, with the words of a template after what was typed."""
    lead, typed, key = get_lead(lead_id), Typed.read(request.form), request.form.get("template", "")
    try:
        made = render_template(key, lead)
    except TemplateFault as fault:
        return _form(lead, typed, {"body": f"{fault}"}, 422)
    subject = made.subject if made.subject and not typed.body else typed.subject
    body = f"{typed.body}\n\n{made.typed}" if typed.body else made.typed
    judged_by = key_of_both(request.form.get("template_key", ""), typed.body, key)
    return _form(lead, Typed(typed.channel, typed.recipient, subject, body), {}, template_key=judged_by)


@bp.post("/w/<slug>/messages/length")
@permit("messages:write")
def length(slug: str) -> Response:
    """How long the text being typed is, as it will be charged. Nothing of it is kept."""
    body, recipient = request.form.get("body", "")[:LONGEST_SMS], request.form.get("recipient", "")[:40]
    return answer(fragment("messaging/_length.html", length=weigh(body, recipient)))


def _blank(lead: Lead, channel: str) -> Typed:
    contact = lead.contact
    recipient = contact.email if channel == "email" else contact.phone_as_given or contact.phone
    return Typed(channel, recipient or "")


def _form(lead: Lead, typed: Typed, errors: dict[str, str], status: int = 200, *, template_key: str = "") -> Response:
    pane = _pane(lead, typed, errors, template_key)
    if wants_fragment():
        return answer(pane, status=status)
    return page("messaging/compose.html", status, pane=pane, lead=lead, **desk("leads"))


def _pane(lead: Lead, typed: Typed, errors: dict[str, str], template_key: str = "") -> str:
    kept = template_key or (request.form.get("template_key", "") if errors else "")
    return fragment(
        "messaging/_pane.html", lead_id=lead.id, typed=typed, errors=errors, length=_weight(typed),
        templates=templates_for(typed.channel), template_key=kept, wants_focus=bool(template_key),
    )  # fmt: skip


def _weight(typed: Typed) -> Weight | None:
    return weigh(typed.body, typed.recipient) if typed.channel == "sms" else None
