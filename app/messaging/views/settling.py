"""What can be done with one message: sent again, taken back, changed before it goes, left unsent, settled."""

from dataclasses import replace
from uuid import UUID

from flask import Response, abort, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.network import SENDING, person_or_block
from app.core.numbers import read_version
from app.core.permissions import permit
from app.extensions import limiter
from app.messaging import queries, services
from app.messaging.forms import Typed
from app.messaging.models import Message
from app.messaging.services import rewriting
from app.messaging.views import bp
from app.messaging.views.writing import HOLD
from app.workspaces.layout import desk


@bp.post("/w/<slug>/messages/<uuid:message_id>/retry")
@permit("messages:write")
def retry(slug: str, message_id: UUID) -> Response:
    """Send a failed message again."""
    return _done(services.retry(message_id, web.actor()), "It is being sent again.")


@bp.post("/w/<slug>/messages/<uuid:message_id>/unsend")
@permit("messages:write")
def unsend(slug: str, message_id: UUID) -> Response:
    """Take a message back before it leaves."""
    return _done(services.unsend(message_id, web.actor()), "Taken back. Nothing was sent.")


@bp.post("/w/<slug>/messages/<uuid:message_id>/leave")
@permit("messages:write")
def leave_unsent(slug: str, message_id: UUID) -> Response:
    """Put a failed message aside."""
    return _done(rewriting.leave_unsent(message_id, web.actor()), "Left unsent.")


@bp.post("/w/<slug>/messages/<uuid:message_id>/settle")
@permit("messages:write")
def settle(slug: str, message_id: UUID) -> Response:
    """Decide about an uncertain message: it arrived, or it is sent again."""
    word = request.form.get("arrived")
    if word not in ("yes", "no"):
        abort(400)
    settled = services.settle_uncertain(message_id, web.actor(), word == "yes")
    return _done(settled, "Kept as sent." if word == "yes" else "It is being sent again.")


@bp.post("/w/<slug>/messages/<uuid:message_id>/edit")
@permit("messages:write")
def edit(slug: str, message_id: UUID) -> Response:
    """Hold a message back and show it as a form. Asked for by POST, since a message that was leaving now waits."""
    message = rewriting.hold_back(message_id)
    return _form(message, Typed(message.channel, message.recipient, message.subject or "", _body(message)), {})


@bp.post("/w/<slug>/messages/<uuid:message_id>/rewrite")
@permit("messages:write")
@limiter.limit(SENDING, key_func=person_or_block)
def rewrite(slug: str, message_id: UUID) -> Response:
    """Send it as it was written anew. What can't be taken comes back with everything that was typed."""
    message, seen = queries.get_message(message_id), request.form.get("seen", "")
    _body(message)
    typed = replace(Typed.read(request.form), channel=message.channel)
    try:
        typed.check()
        changed = rewriting.rewrite(
            message_id, recipient=typed.recipient, subject=typed.subject, body=typed.body,
            seen=read_version(seen), actor=web.actor(),
            hold=HOLD,
        )  # fmt: skip
    except Invalid as error:
        return _form(message, typed, error.errors, 422)
    except Conflict as error:
        return _form(message, typed, {"": error.message}, 409)
    return _done(changed, "It leaves as you wrote it.", url_for("messaging.unsend", message_id=message_id))


@bp.get("/w/<slug>/messages/<uuid:message_id>/row")
@permit("messages:read")
def message_row(slug: str, message_id: UUID) -> Response:
    """The message as a line of the outbox again, when nothing was changed after all."""
    row = _row(message_id)
    if not wants_fragment():
        return redirect_to(url_for("messaging.message", message_id=message_id))
    return answer(row)


def _body(message: Message) -> str:
    """Its words; 403 for whoever may not see the whole of them, since what they don't see they would take out."""
    body = queries.body_for(message, may_answer=g.viewer.can("quotes:write"))
    if body != message.body:
        abort(403)
    return body


def _form(message: Message, typed: Typed, errors: dict[str, str], status: int = 200) -> Response:
    row, seen = queries.row(message.id), str(message.version)
    if status == 422:
        seen = request.form.get("seen", "")  # who mends a slip has seen no more than before
    values = {"row": row, "typed": typed, "errors": errors, "seen": seen}
    if wants_fragment():
        return answer(fragment("messaging/_edit.html", **values), status=status)
    return page("messaging/edit.html", status, **values, **desk("outbox"))


def _done(message: Message, words: str, undo_url: str | None = None) -> Response:
    """The answer to an act on one message: its row as it is now, or back to the outbox without scripts."""
    if not wants_fragment():
        return redirect_to(url_for("messaging.outbox"))
    return answer(_row(message.id), fragment("messaging/_toast.html", words=words, undo_url=undo_url))


def _row(message_id: UUID) -> str:
    row = queries.row(message_id)
    return fragment("messaging/_row.html", row=row, can_write=g.viewer.can("messages:write"))
