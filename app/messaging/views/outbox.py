"""The outbox: what is planned, leaving, sent, and what needs a person's decision."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, g, request, url_for

from app.core import outbox as work
from app.core import web
from app.core.clock import utcnow
from app.core.cursors import make_cursor, read_cursor
from app.core.events import Event, publish
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.pagination import size_of
from app.core.permissions import permit
from app.followups import queries as followups
from app.leads.queries.names import names_of
from app.messaging import queries
from app.messaging.models import CHANNELS
from app.messaging.queries.outbox import PAGE, WITHIN
from app.messaging.views import bp
from app.search.queries.finding import find
from app.search.services import note_look
from app.workspaces.layout import desk_or_fragment
from app.workspaces.queries import current_workspace

_LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class _Lead:
    """The lead whose messages alone are shown."""

    id: UUID
    name: str


@bp.get("/w/<slug>/outbox")
@permit("messages:read")
def outbox(slug: str) -> Response:
    """One shelf of the outbox, a page of it at a time."""
    values = _shelf()
    if "after" in request.args and wants_fragment():
        return answer(fragment("messaging/_rows.html", **values))
    return desk_or_fragment("outbox", "messaging/outbox.html", "messaging/_shelf.html", **values)


@bp.post("/w/<slug>/outbox/find")
@permit("messages:read")
def find_in_outbox(slug: str) -> Response:
    """The leads that fit what was typed, to see the messages of one. What was typed stands in no address."""
    workspace, typed = current_workspace(), request.form.get("q", "").strip()[:_LONGEST_SEARCH]
    today = utcnow().astimezone(workspace.clock().zone).date()
    found = find(typed, workspace.lead_number_prefix, workspace.lead_number_year, today)
    note_look(found.hits, "", web.actor())
    leads = [*found.leads, *found.nearly]
    if len(leads) == 1:
        return redirect_to(url_for("messaging.outbox", shelf="all", lead=leads[0].id))
    values = {**_shelf(), "typed": typed, "found": leads}
    return desk_or_fragment("outbox", "messaging/outbox.html", "messaging/_shelf.html", **values)


@bp.get("/w/<slug>/messages/<uuid:message_id>")
@permit("messages:read")
def message(slug: str, message_id: UUID) -> Response:
    """One message in full."""
    found = queries.get_message(message_id)
    may_answer = g.viewer.can("quotes:write")
    subject, body = (read(found, may_answer=may_answer) for read in (queries.readable_subject, queries.body_for))
    values: dict[str, Any] = {"row": queries.row(message_id), "subject": subject, "body": body}
    return desk_or_fragment("outbox", "messaging/message.html", "messaging/_message.html", **values)


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
    if not wants_fragment():
        return redirect_to(url_for("messaging.outbox"))
    return answer("", fragment("messaging/_toast.html", words="It is being tried again.", undo_url=None))


def _shelf() -> dict[str, Any]:
    """A page of the shelf that the address names, by channel and lead where it names them too."""
    channel = request.args.get("channel", "")
    channel = channel if channel in CHANNELS else ""
    lead = _lead()
    name = request.args.get("shelf", "")
    if name not in queries.SHELVES or (name == "all" and lead is None):
        name = "all" if lead else "attention"
    narrowed = {"channel": channel or None, "lead": lead.id if lead else None}
    listed = f"outbox:{name}:{channel}:{narrowed['lead'] or ''}"
    after = read_cursor(request.args.get("after"), listed)
    key: Any = tuple(after) if after else None
    values: dict[str, Any] = {
        "shelf": name, "within": WITHIN.get(name, name), "shelves": queries.SHELVES, "channel": channel, "lead": lead,
        "narrowed": narrowed, "can_write": g.viewer.can("messages:write"), "dead": [], "planned": [], "rows": [],
        "typed": "", "found": None,
    }  # fmt: skip
    by = {"channel": channel, "lead_id": narrowed["lead"]}
    size = size_of(request.args.get("shown"), PAGE)
    if name == "planned":
        page = followups.planned_messages(key, size, **by)
        values["planned"], next_key = page.rows, page.next_key
    else:
        shelf = queries.shelf(name, key, size, **by)
        values["rows"], next_key = shelf.rows, shelf.next_key
    if name == "attention" and not after and not channel and lead is None:
        values["dead"] = queries.dead_work()
    cursor = make_cursor(next_key, listed) if next_key else None
    values["more_url"] = url_for("messaging.outbox", shelf=name, after=cursor, **narrowed) if cursor else None
    return values


def _lead() -> _Lead | None:
    lead_id = parse_id(request.args.get("lead"))
    name = names_of([lead_id]).get(lead_id) if lead_id else None
    return _Lead(lead_id, name) if lead_id and name else None
