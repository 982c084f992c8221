"""What the pages of the inbox are made of: the list, an open conversation beside it, and where one answers."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, g, request, url_for

from app.core import phones
from app.core.clock import utcnow
from app.core.fragments import page
from app.messaging.forms import Typed
from app.messaging.queries import answering, arrivals, inbox, thread
from app.messaging.services.suppressing import suppression_reasons
from app.messaging.services.unheard import unheard_channels
from app.messaging.services.weighing import weigh
from app.messaging.services.wishes import addresses_of
from app.my_day.services.times import quick_times
from app.quotes.queries import latest_quote, view_of
from app.workspaces.layout import desk
from app.workspaces.queries import today_here

#: The list of what waits to be placed, beside those of conversations.
ARRIVALS = "arrivals"
WAYS = {"email": "Email", "sms": "Text"}
_SHUT = {
    "bounced": "mail to this address came back", "stop": "asked by STOP for no texts",
    "opted_out": "opted out of texts",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Way:
    """A channel to answer by: its address as people read it, and why nothing may be sent by it, if so."""

    channel: str
    word: str
    address: str
    readable: str
    shut: str | None


def inbox_page(opened: dict[str, Any] | None = None, status: int = 200) -> Response:
    """The whole page: the list, and what is open beside it."""
    frame = desk("inbox")
    shown = opened or {}
    view = ARRIVALS if shown.get("part") == "arrival" else None
    values = list_values(frame["counts"]["to_place"], shown.get("open_id"), view=view)
    return page("messaging/inbox/page.html", status, **{"part": None, **frame, **values, **shown})


def list_values(waiting: int, open_id: UUID | None = None, *, view: str | None = None) -> dict[str, Any]:
    """What the list needs. `waiting` is how many arrivals are to be placed; `open_id` what stands beside it."""
    view = view or current_view()
    after = request.args.get("after")
    size = min(max(request.args.get("shown", inbox.PAGE, int), inbox.PAGE), inbox.MOST_SHOWN)
    values: dict[str, Any] = {
        "view": view, "views": inbox.VIEWS, "waiting": waiting, "after": after, "size": size, "talks": [],
        "arrivals": [], "open_id": open_id, "more_url": None, "unheard": (),
    }  # fmt: skip
    if view == ARRIVALS:
        found = arrivals.waiting_arrivals(after, size)
        values["arrivals"] = found.arrivals
    else:
        found = inbox.talks(view, after=after, size=size)  # type: ignore[assignment]
        values["talks"] = found.talks  # type: ignore[attr-defined]
        if view == "open" and not values["talks"]:
            values |= {"unheard": unheard_channels(), "may_set_up": g.viewer.can("settings:write")}
    if found.next_cursor:
        grows = not after and size < inbox.MOST_SHOWN
        place = {"shown": size + inbox.PAGE} if grows else {"after": found.next_cursor}
        values |= {"more_url": url_for("messaging.inbox", show=view, **place), "grows": grows}
    return values


def thread_values(head: thread.Head) -> dict[str, Any]:
    """What an open conversation needs: seven statements at most."""
    zone = g.workspace.clock().zone
    since, is_live = request.args.get("since"), "live" in request.args
    may_write = g.viewer.can("messages:write")
    bubbles = thread.bubbles_of(head, zone, since=since, may_answer=g.viewer.can("quotes:write"))
    quote = latest_quote(head.lead.id) if g.viewer.can("quotes:read") else None
    here = {"conversation_id": head.id, "show": shown_view()}
    return {
        "part": "conversation", "open_id": head.id, "head": head, "bubbles": bubbles, "is_live": is_live,
        "viewer": g.viewer, "may_write": may_write, "view": current_view(),
        "quote": view_of(quote, today_here()) if quote else None,
        "live_url": url_for("messaging.conversation", **here, live=1, since=bubbles.oldest_cursor),
        "older_url": older_url(head, bubbles),
        "today": utcnow().astimezone(zone).date(), "list_url": url_for("messaging.inbox", show=shown_view()),
        "snooze_errors": {}, "times": quick_times(utcnow(), g.workspace.clock()) if may_write else [],
        **(composer_values(head, bubbles) if may_write and not is_live else {}),
    }  # fmt: skip


def current_view() -> str:
    """How the list is narrowed, as the address or a form says; open conversations when it says nothing known."""
    wanted = request.values.get("show", "open")
    return wanted if wanted in inbox.VIEWS or wanted == ARRIVALS else "open"


def shown_view() -> str | None:
    """The same for an address, which names it only when it is not the usual one."""
    view = current_view()
    return None if view == "open" else view


def older_url(head: thread.Head, bubbles: thread.Bubbles) -> str | None:
    """Where the messages before these are, None when there are none."""
    if bubbles.older_cursor is None:
        return None
    return url_for("messaging.conversation", conversation_id=head.id, show=shown_view(), before=bubbles.older_cursor)


def composer_values(
    head: thread.Head,
    bubbles: thread.Bubbles,
    typed: Typed | None = None,
    errors: dict[str, str] | None = None,
    *,
    template_key: str = "",
    wants_focus: bool = False,
) -> dict[str, Any]:
    """What the form needs; by default it is blank, for the channel that the customer wrote by last."""
    ways = ways_of(head)
    if typed is None:
        channel = _usual(ways, bubbles)
        typed = Typed(channel, subject=answering.subject_for(head, bubbles))
    return {
        "head": head, "ways": ways, "typed": typed, "errors": errors or {}, "template_key": template_key,
        "way": next((way for way in ways if way.channel == typed.channel), None),
        "templates": answering.templates_for(typed.channel), "length": weigh(typed.body),
        "wants_focus": wants_focus, "view": current_view(),
    }  # fmt: skip


def ways_of(head: thread.Head) -> list[Way]:
    """By what the contact can be answered, ways that are shut included with the reason."""
    addresses = addresses_of(head.contact)
    reasons = suppression_reasons(addresses)
    return [
        Way(
            channel, WAYS[channel], address, address if channel == "email" else phones.format_national(address),
            _SHUT.get(reasons[channel], "asked not to be written to this way") if channel in reasons else None,
        )
        for channel, address in addresses.items()
    ]  # fmt: skip


def _usual(ways: list[Way], bubbles: thread.Bubbles) -> str:
    open_ways = [way.channel for way in ways if not way.shut]
    last = bubbles.newest_arrived
    wanted = last.channel if last else (bubbles.messages[-1].channel if bubbles.messages else "email")
    return wanted if wanted in open_ways else (open_ways or [wanted])[0]
