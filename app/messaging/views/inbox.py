"""The inbox: the list of conversations, and one of them beside it."""

from uuid import UUID

from flask import Response, g, request, url_for

from app.core.clock import utcnow
from app.core.errors import NotFound
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.permissions import permit
from app.leads.services import get_lead
from app.messaging.queries import arrivals, inbox, thread
from app.messaging.services import conversations
from app.messaging.views import bp
from app.messaging.views.inbox_page import inbox_page, list_values, older_url, thread_values


@bp.get("/w/<slug>/inbox", endpoint="inbox")
@permit("messages:read")
def show_inbox(slug: str) -> Response:
    """The list, narrowed to one of VIEWS or to what waits to be placed; htmx gets the list alone."""
    if wants_fragment():
        return answer(fragment("messaging/inbox/_list.html", **list_values(arrivals.count_waiting())))
    return inbox_page()


@bp.get("/w/<slug>/inbox/<uuid:conversation_id>", endpoint="conversation")
@permit("messages:read")
def show_conversation(slug: str, conversation_id: UUID) -> Response:
    """One conversation: beside the list for a browser, alone for htmx; `live` leaves out where people write."""
    head = thread.head_of(conversation_id)
    if "before" in request.args and wants_fragment():
        return _older(head)
    if wants_fragment():
        return answer(fragment("messaging/inbox/_thread.html", **thread_values(head)))
    return inbox_page(thread_values(head))


@bp.get("/w/<slug>/leads/<uuid:lead_id>/conversation", endpoint="conversation_of_lead")
@permit("messages:read")
def of_lead(slug: str, lead_id: UUID) -> Response:
    """Go to the conversation with a lead's contact, or to writing the first message."""
    lead = get_lead(lead_id)
    found = inbox.conversation_of_lead(lead.id)
    if found is not None:
        return redirect_to(url_for("messaging.conversation", conversation_id=found))
    if not g.viewer.can("messages:write"):
        raise NotFound
    return redirect_to(url_for("messaging.compose_form", lead_id=lead.id))


@bp.post("/w/<slug>/inbox/<uuid:conversation_id>/read", endpoint="read_conversation")
@permit("messages:write")
def read(slug: str, conversation_id: UUID) -> Response:
    """It was read, says the page that shows it."""
    conversations.mark_read(conversation_id)
    return Response(status=204)


def _older(head: thread.Head) -> Response:
    zone = g.workspace.clock().zone
    found = thread.bubbles_of(head, zone, before=request.args["before"], may_answer=g.viewer.can("quotes:write"))
    values = {
        "head": head, "bubbles": found, "may_write": g.viewer.can("messages:write"), "newest": None,
        "today": utcnow().astimezone(zone).date(), "older_url": older_url(head, found),
    }  # fmt: skip
    return answer(fragment("messaging/inbox/_older.html", **values))
