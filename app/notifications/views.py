"""The bell, the panel under it, and the page of all that a member was told."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, g, request, url_for

from app.core.cursors import make_cursor, read_cursor
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.pagination import size_of
from app.core.permissions import permit
from app.notifications import services
from app.notifications.queries import PAGE, PANEL, count_unread, gets_digest, one_told, told_to
from app.workspaces.layout import desk_or_fragment
from app.workspaces.queries import current_workspace

bp = Blueprint("notifications", __name__)


@bp.get("/w/<slug>/notifications")
@permit("leads:read")
def inbox(slug: str) -> Response:
    """All that the member was told, or with `unread` only what they have not read, a page at a time."""
    unread = "unread" in request.args
    listed = f"notifications:{g.viewer.user_id}:{unread}"
    after = read_cursor(request.args.get("after"), listed)
    size = size_of(request.args.get("shown"), PAGE)
    found = told_to(g.viewer.user_id, unread=unread, after=tuple(after) if after else None, limit=size)  # type: ignore[arg-type]
    cursor = make_cursor(found.next_key, listed) if found.next_key else None
    narrowed = {"unread": 1} if unread else {}
    values = {
        "rows": found.rows, "unread": unread, "left": count_unread(g.viewer.user_id), **_rights(),
        "gets_digest": gets_digest(g.viewer.user_id) if g.viewer.can("leads:write") else None,
        "digest_at": f"{current_workspace().digest_at:%H:%M}",
        "more_url": url_for("notifications.inbox", after=cursor, **narrowed) if cursor else None,
    }  # fmt: skip
    if "after" in request.args and wants_fragment():
        return answer(fragment("notifications/_rows.html", **values))
    return desk_or_fragment("notifications", "notifications/inbox.html", "notifications/_inbox.html", **values)


@bp.get("/w/<slug>/notifications/bell")
@permit("leads:read")
def bell(slug: str) -> Response:
    """The bell in the top bar with the number of unread lines."""
    if not wants_fragment():
        return redirect_to(url_for("notifications.inbox"))
    return answer(fragment("notifications/_bell.html", unread=count_unread(g.viewer.user_id)))


@bp.get("/w/<slug>/notifications/latest")
@permit("leads:read")
def latest(slug: str) -> Response:
    """The newest lines, for the panel that opens under the bell."""
    if not wants_fragment():
        return redirect_to(url_for("notifications.inbox"))
    found = told_to(g.viewer.user_id, limit=PANEL)
    return answer(fragment("notifications/_panel.html", rows=found.rows, **_rights()))


@bp.get("/w/<slug>/notifications/<uuid:notification_id>")
@permit("leads:read")
def follow(slug: str, notification_id: UUID) -> Response:
    """Go to the lead, the quote or the act that a line is about; having followed it, the member has read it."""
    told = one_told(g.viewer.user_id, notification_id)
    if told is None:
        abort(404)
    if _rights()["may_mark"]:
        services.mark_read(g.viewer.user_id, notification_id)
    if told.bulk_act_id is not None:
        return redirect_to(url_for("bulk_acts.show", bulk_act_id=told.bulk_act_id))
    if told.import_id is not None and g.viewer.can("leads:import"):
        return redirect_to(url_for("imports.show", import_id=told.import_id))
    if told.kind == "export_done" and g.viewer.can("leads:import"):
        return redirect_to(url_for("exports.index"))
    if told.kind == "arrival_waiting":
        return redirect_to(url_for("messaging.inbox", show="arrivals"))
    if told.kind == "provider_failed" and g.viewer.can("settings:write"):
        return redirect_to(url_for("messaging.sending"))
    if told.kind == "discrepancies" and g.viewer.can("leads:transfer"):
        return redirect_to(url_for("reconciliation.ledger"))
    if told.kind == "squeegee_silent":
        return redirect_to(url_for("squeegee.queue"))
    if told.lead_id is None:
        return redirect_to(_list_of(told.kind))
    if told.transfer_id is not None:
        return redirect_to(url_for("squeegee.transfer", transfer_id=told.transfer_id))
    if told.kind in ("reply", "reply_unclear"):
        return redirect_to(url_for("messaging.conversation_of_lead", lead_id=told.lead_id))
    if told.quote_id is not None:
        return redirect_to(url_for("quotes.show", quote_id=told.quote_id))
    return redirect_to(url_for("leads.show", lead_id=told.lead_id))


@bp.post("/w/<slug>/notifications/<uuid:notification_id>/read")
@permit("activities:write")
def mark(slug: str, notification_id: UUID) -> Response:
    """Mark one line as read, or with `unread` as unread again."""
    if one_told(g.viewer.user_id, notification_id) is None:
        abort(404)
    if "unread" in request.form:
        services.mark_unread(g.viewer.user_id, notification_id)
    else:
        services.mark_read(g.viewer.user_id, notification_id)
    if not wants_fragment():
        return redirect_to(url_for("notifications.inbox"))
    row = one_told(g.viewer.user_id, notification_id)
    return answer(fragment("notifications/_row.html", row=row, **_rights()))


@bp.post("/w/<slug>/notifications/read")
@permit("activities:write")
def mark_all(slug: str) -> Response:
    """Mark every line as read."""
    services.mark_read(g.viewer.user_id)
    if not wants_fragment():
        return redirect_to(url_for("notifications.inbox"))
    return inbox(slug) if request.form.get("from") != "panel" else latest(slug)


def _list_of(kind: str) -> str:
    """Where to go from a line that stands for several leads, or for one that is no longer theirs to see."""
    if kind == "overdue":
        return url_for("leads.list_leads", due="late", sort="due")
    if kind == "untouched":
        return url_for("leads.list_leads", sort="activity")
    return url_for("notifications.inbox")


def _rights() -> dict[str, Any]:
    """Whether the viewer may mark lines: who only looks on changes nothing, not even that."""
    return {"may_mark": g.viewer.can("activities:write"), "bell_topic": f"bell-{g.viewer.user_id}"}
