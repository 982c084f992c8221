"""Writing an answer in a conversation: by which way, with whose words, and taking it back while it has not left."""

from typing import Any
from uuid import UUID

from flask import Response, g, request, url_for

from app.core import web
from app.core.errors import Invalid, NotFound
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.network import SENDING, person_or_block
from app.core.permissions import permit
from app.extensions import limiter
from app.leads.services import get_lead
from app.messaging import services
from app.messaging.forms import Typed
from app.messaging.queries import answering, thread
from app.messaging.services.answering import answer as send_answer
from app.messaging.services.answering import key_of_both
from app.messaging.services.wishes import addresses_of
from app.messaging.views import bp
from app.messaging.views.inbox_page import WAYS, composer_values, inbox_page, shown_view, thread_values, ways_of


@bp.post("/w/<slug>/inbox/<uuid:conversation_id>/composer", endpoint="composer")
@permit("messages:write")
def recompose(slug: str, conversation_id: UUID) -> Response:
    """The form again with what was typed, for another channel or with the words of a template in it."""
    head = thread.head_of(conversation_id)
    bubbles = thread.bubbles_of(head, g.workspace.clock().zone)
    typed, template_key = _typed(head), request.form.get("template_key", "")
    errors: dict[str, str] = {}
    if request.form.get("template"):
        try:
            filled = _with_words(typed, request.form["template"], head)
            template_key = key_of_both(template_key, typed.body, request.form["template"])
            typed = filled
        except services.TemplateFault as fault:
            errors["body"] = f"{fault}"
    values = composer_values(head, bubbles, typed, errors, template_key=template_key, wants_focus=True)
    if wants_fragment():
        return answer(fragment("messaging/inbox/_composer.html", **values), status=422 if errors else 200)
    return _whole_page(head, values, 422 if errors else 200)


@bp.post("/w/<slug>/inbox/<uuid:conversation_id>/answer", endpoint="answer_conversation")
@permit("messages:write")
@limiter.limit(SENDING, key_func=person_or_block)
def send(slug: str, conversation_id: UUID) -> Response:
    """Send what was typed, after a few seconds in which it can be taken back."""
    head = thread.head_of(conversation_id)
    typed = _typed(head)
    try:
        _check(head, typed)
    except Invalid as invalid:
        return _refused(head, typed, invalid.errors)
    message = send_answer(
        head.conversation, typed.channel, recipient=typed.recipient, subject=typed.subject, body=typed.body,
        template_key=request.form.get("template_key"), actor=web.actor(),
    )  # fmt: skip
    if not wants_fragment():
        return redirect_to(_here(head))
    undo_url = url_for("messaging.take_back", conversation_id=head.id, message_id=message.id)
    words = "Your email is leaving." if typed.channel == "email" else "Your text is leaving."
    return _changed(head, fragment("messaging/_toast.html", words=words, undo_url=undo_url), blank=typed.channel)


@bp.post("/w/<slug>/inbox/<uuid:conversation_id>/messages/<uuid:message_id>/take-back", endpoint="take_back")
@permit("messages:write")
def take_back(slug: str, conversation_id: UUID, message_id: UUID) -> Response:
    """Take a message back that has not left, and give its words to be written on."""
    head = thread.head_of(conversation_id)
    message = services.unsend(message_id, web.actor())
    if message.contact_id != head.contact.id:
        raise NotFound
    if not wants_fragment():
        return redirect_to(_here(head))
    again = fragment("messaging/inbox/_taken_back.html", head=head, message=message)
    return _changed(
        head, again, fragment("messaging/_toast.html", words="Taken back. Nothing was sent.", undo_url=None)
    )


def _typed(head: thread.Head) -> Typed:
    """What the form holds; the address is the contact's, never what a form says."""
    form = Typed.read(request.form)
    channel = request.form.get("switch") or form.channel
    channel = channel if channel in WAYS else "email"
    return Typed(channel, addresses_of(head.contact).get(channel, ""), form.subject, form.body)


def _check(head: thread.Head, typed: Typed) -> None:
    way = next((each for each in ways_of(head) if each.channel == typed.channel), None)
    if way is None:
        raise Invalid({"channel": f"There is no {'email address' if typed.channel == 'email' else 'mobile number'}."})
    if way.shut:
        raise Invalid({"channel": f"{head.contact.first_name} {way.shut}. Call instead."})
    typed.check()


def _with_words(typed: Typed, key: str, head: thread.Head) -> Typed:
    """What was typed with the words of a template after it. Raises TemplateFault, NotFound."""
    made = services.render_template(key, get_lead(head.lead.id))
    body = f"{typed.body}\n\n{made.typed}" if typed.body else made.typed
    subject = made.subject if made.subject and not typed.body else typed.subject
    return Typed(typed.channel, typed.recipient, subject, body)


def _refused(head: thread.Head, typed: Typed, errors: dict[str, str]) -> Response:
    bubbles = thread.bubbles_of(head, g.workspace.clock().zone)
    values = composer_values(head, bubbles, typed, errors, template_key=request.form.get("template_key", ""))
    if wants_fragment():
        return answer(fragment("messaging/inbox/_composer.html", **values), status=422)
    return _whole_page(head, values, 422)


def _changed(head: thread.Head, *more: str, blank: str | None = None) -> Response:
    """The conversation as it is now, in its place; with a blank form for the channel that was just used."""
    values = thread_values(thread.head_of(head.id)) | {"is_live": True}
    parts = [fragment("messaging/inbox/_thread_again.html", **values)]
    if blank:
        typed = Typed(blank, subject=answering.subject_for(head, values["bubbles"]))
        form = composer_values(head, values["bubbles"], typed, wants_focus=True)
        parts.insert(0, fragment("messaging/inbox/_composer.html", **form))
    return answer(*parts, *more)


def _whole_page(head: thread.Head, values: dict[str, Any], status: int) -> Response:
    return inbox_page(thread_values(head) | values, status)


def _here(head: thread.Head) -> str:
    return url_for("messaging.conversation", conversation_id=head.id, show=shown_view())
