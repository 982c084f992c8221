"""The outbox: what is planned, leaving, sent, and what needs a person's decision."""

from typing import Any
from uuid import UUID

from flask import Response, abort, g, request, url_for

from app.core import outbox as work
from app.core import web
from app.core.cursors import make_cursor, read_cursor
from app.core.events import Event, publish
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.permissions import permit
from app.followups import queries as followups
from app.messaging import queries, services
from app.messaging.models import Message
from app.messaging.views import bp
from app.workspaces.layout import desk_or_fragment


@bp.get("/w/<slug>/outbox")
@permit("messages:read")
def outbox(slug: str) -> Response:
    """One shelf of the outbox, a page of it at a time."""
    name = request.args.get("shelf", "attention")
    if name not in queries.SHELVES:
        name = "attention"
    values = _shelf(name)
    if "after" in request.args and wants_fragment():
        return answer(fragment("messaging/_rows.html", **values))
    return desk_or_fragment("outbox", "messaging/outbox.html", "messaging/_shelf.html", **values)


@bp.get("/w/<slug>/messages/<uuid:message_id>")
@permit("messages:read")
def message(slug: str, message_id: UUID) -> Response:
    """One message in full."""
    found = queries.get_message(message_id)
    body = queries.body_for(found, may_answer=g.viewer.can("quotes:write"))
    values: dict[str, Any] = {"row": queries.row(message_id), "subject": found.subject, "body": body}
    return desk_or_fragment("outbox", "messaging/message.html", "messaging/_message.html", **values)


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


@bp.post("/w/<slug>/messages/<uuid:message_id>/settle")
@permit("messages:write")
def settle(slug: str, message_id: UUID) -> Response:
    """Decide about an uncertain message: it arrived, or it is sent again."""
    word = request.form.get("arrived")
    if word not in ("yes", "no"):
        abort(400)
    settled = services.settle_uncertain(message_id, web.actor(), word == "yes")
    return _done(settled, "Kept as sent." if word == "yes" else "It is being sent again.")


@bp.post("/w/<slug>/outbox/work/<uuid:item_id>/replay")
@permit("messages:write")
def replay(slug: str, item_id: UUID) -> Response:
    """Give dead work another full set of attempts."""
    item = queries.get_dead_work(item_id)
    work.replay(item)
    publish(
        Event(
            "work.replayed", item.workspace_id, web.actor(), "work", item.id, data={"kind": item.kind},
            topics=frozenset({"outbox"}),
        )
    )  # fmt: skip
    return _after("It is being tried again.")


def _shelf(name: str) -> dict[str, Any]:
    listed = f"outbox:{name}"
    after = read_cursor(request.args.get("after"), listed)
    values: dict[str, Any] = {
        "shelf": name, "shelves": queries.SHELVES, "can_write": g.viewer.can("messages:write"), "dead": [],
        "planned": [], "rows": [],
    }  # fmt: skip
    if name == "planned":
        found = followups.planned_messages(tuple(after) if after else None)  # type: ignore[arg-type]
        values["planned"], next_key = found.rows, found.next_key
    else:
        found = queries.shelf(name, tuple(after) if after else None)  # type: ignore[arg-type, assignment]
        values["rows"], next_key = found.rows, found.next_key
    if name == "attention" and not after:
        values["dead"] = queries.dead_work()
    cursor = make_cursor(next_key, listed) if next_key else None
    values["more_url"] = url_for("messaging.outbox", shelf=name, after=cursor) if cursor else None
    return values


def _done(message: Message, words: str) -> Response:
    """The answer to an act on one message: its row as it is now, or back to the outbox without scripts."""
    if not wants_fragment():
        return redirect_to(_back())
    row = fragment("messaging/_row.html", row=queries.row(message.id), can_write=True)
    return answer(row, _toast(words))


def _after(words: str) -> Response:
    return answer("", _toast(words)) if wants_fragment() else redirect_to(_back())


def _toast(words: str) -> str:
    return fragment("messaging/_toast.html", words=words, undo_url=None)


def _back() -> str:
    return url_for("messaging.outbox")
