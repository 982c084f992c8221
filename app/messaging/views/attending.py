"""Who looks after a conversation and until when it rests: given, put off, done, opened again, left unread."""

from uuid import UUID

from flask import Response, abort, g, request, url_for

from app.core import web
from app.core.clock import utcnow
from app.core.errors import Invalid
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.messaging.queries import arrivals, inbox, thread
from app.messaging.services import conversations
from app.messaging.services.receiving import judge_again
from app.messaging.views import bp
from app.messaging.views.inbox_page import current_view, inbox_page, list_values, shown_view, thread_values
from app.my_day.services.times import in_words, time_of
from app.workspaces.queries import member_choices


@bp.get("/w/<slug>/inbox/<uuid:conversation_id>/people", endpoint="conversation_people")
@permit("messages:write")
def people(slug: str, conversation_id: UUID) -> Response:
    """Who it can be given to, for its menu."""
    head = thread.head_of(conversation_id)
    values = {"head": head, "people": member_choices(), "me": str(g.viewer.user_id), "view": current_view()}
    if wants_fragment():
        return answer(fragment("messaging/inbox/_people.html", **values))
    return inbox_page(thread_values(head) | {"people": values["people"], "me": values["me"]})


@bp.post("/w/<slug>/inbox/<uuid:conversation_id>/assign", endpoint="assign_conversation")
@permit("messages:write")
def assign(slug: str, conversation_id: UUID) -> Response:
    """Give it to a member, or to nobody."""
    chosen = request.form.get("owner", "")
    owner_id = parse_id(chosen)
    if chosen and owner_id is None:
        abort(400)
    try:
        found = conversations.assign(conversation_id, owner_id, web.actor())
    except Invalid as invalid:
        return answer(_toast(invalid.errors["owner"], "bad"), status=422)
    words = "Nobody has it now." if owner_id is None else "It is yours." if owner_id == g.viewer.user_id else "Given."
    return _still_open(found.id, words)


@bp.post("/w/<slug>/inbox/<uuid:conversation_id>/snooze", endpoint="snooze_conversation")
@permit("messages:write")
def snooze(slug: str, conversation_id: UUID) -> Response:
    """Put it out of sight until a time that is chosen, or until the customer writes."""
    clock, now = g.workspace.clock(), utcnow()
    head = thread.head_of(conversation_id)
    try:
        until = time_of(request.form.get("again", ""), request.form.get("at", ""), now, clock)
    except Invalid as invalid:
        values = thread_values(head) | {"snooze_errors": invalid.errors}
        if wants_fragment():
            return answer(fragment("messaging/inbox/_thread_again.html", **values | {"is_live": True}), status=422)
        return inbox_page(values, 422)
    conversations.snooze(conversation_id, until, web.actor())
    return _put_away(head, f"{head.contact.name} rests until {in_words(until, now, clock.zone)}.")


@bp.post("/w/<slug>/inbox/<uuid:conversation_id>/done", endpoint="close_conversation")
@permit("messages:write")
def close(slug: str, conversation_id: UUID) -> Response:
    """Nothing is left to do here until the customer writes again."""
    head = thread.head_of(conversation_id)
    conversations.close(conversation_id, web.actor())
    return _put_away(head, f"{head.contact.name}: done.")


@bp.post("/w/<slug>/inbox/<uuid:conversation_id>/unread", endpoint="unread_conversation")
@permit("messages:write")
def unread(slug: str, conversation_id: UUID) -> Response:
    """Leave it as if nobody had read it, to come back to."""
    head = thread.head_of(conversation_id)
    conversations.mark_unread(conversation_id)
    return _put_away(head, "Left unread.", can_undo=False)


@bp.post("/w/<slug>/inbox/<uuid:conversation_id>/reopen", endpoint="reopen_conversation")
@permit("messages:write")
def reopen(slug: str, conversation_id: UUID) -> Response:
    """Open it again, or wake it up."""
    conversations.reopen(conversation_id, web.actor())
    return _still_open(conversation_id, "It is open again.", shows=request.form.get("from") != "toast")


@bp.post("/w/<slug>/messages/<uuid:message_id>/triage", endpoint="judge")
@permit("messages:write")
def judge(slug: str, message_id: UUID) -> Response:
    """Say what a reply says, in the place of Sill's guess."""
    try:
        message = judge_again(message_id, request.form.get("triage", ""), web.actor())
    except ValueError:
        abort(400)
    found = inbox.conversation_of_lead(message.lead_id)
    if found is None:
        return redirect_to(url_for("messaging.inbox"))
    return _still_open(found, "Noted.")


def _still_open(conversation_id: UUID, words: str, *, shows: bool = True) -> Response:
    """The answer to an act after which one goes on reading; after an undo nothing that is open is replaced."""
    if not wants_fragment():
        return redirect_to(url_for("messaging.conversation", conversation_id=conversation_id, show=shown_view()))
    parts = [_toast(words)]
    if shows:
        values = thread_values(thread.head_of(conversation_id)) | {"is_live": True}
        parts.insert(0, fragment("messaging/inbox/_thread_again.html", **values))
    return answer(*parts)


def _put_away(head: thread.Head, words: str, *, can_undo: bool = True) -> Response:
    """The answer to an act after which one is done with it here: the list as it is then, and nothing beside it."""
    back = url_for("messaging.inbox", show=shown_view())
    if not wants_fragment():
        return redirect_to(back)
    undo_url = url_for("messaging.reopen_conversation", conversation_id=head.id) if can_undo else None
    values = list_values(arrivals.count_waiting())
    parts = fragment("messaging/inbox/_put_away.html", **values, words=words, undo_url=undo_url, left_id=head.id)
    return answer(parts, headers={"HX-Push-Url": back})


def _toast(words: str, kind: str = "good") -> str:
    return fragment("messaging/inbox/_toast.html", words=words, undo_url=None, kind=kind)
