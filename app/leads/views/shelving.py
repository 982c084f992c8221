"""The archive and the bin, and the acts that fill and empty them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, g, request, url_for

from app.bulk_acts.services.starting import MOST
from app.core import web
from app.core.clock import utcnow
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.permissions import permit
from app.leads.models import Lead
from app.leads.queries.shelving import count_bin, shelved
from app.leads.services import archive, delete_for_good, get_lead, put_in_bin, restore
from app.leads.views import bp
from app.workspaces.layout import desk_or_fragment
from app.workspaces.queries import current_workspace

#: Shelf -> what puts a lead on it.
_BACK = {"desk": "leads.restore", "archive": "leads.put_in_archive", "bin": "leads.put_in_bin"}


@bp.get("/w/<slug>/leads/archive", endpoint="archive")
@permit("leads:read")
def archive_page(slug: str) -> Response:
    """What was put away to keep."""
    return _shelf_page("archive")


@bp.get("/w/<slug>/leads/bin", endpoint="bin")
@permit("leads:read")
def bin_page(slug: str) -> Response:
    """What will be deleted when its time is over."""
    return _shelf_page("bin")


@bp.post("/w/<slug>/leads/<uuid:lead_id>/archive", endpoint="put_in_archive")
@permit("leads:write")
def to_archive(slug: str, lead_id: UUID) -> Response:
    """Put a lead into the archive."""
    was = get_lead(lead_id, lock=True).shelf
    lead = archive(lead_id, web.actor())
    return _done(lead, f"{lead.number} is in the archive.", _BACK.get(was) if was != lead.shelf else None)


@bp.post("/w/<slug>/leads/<uuid:lead_id>/bin", endpoint="put_in_bin")
@permit("leads:write")
def to_bin(slug: str, lead_id: UUID) -> Response:
    """Put a lead into the bin."""
    was = get_lead(lead_id, lock=True).shelf
    lead = put_in_bin(lead_id, web.actor())
    said = f"{lead.number} is in the bin for {_days(current_workspace().bin_days)}."
    return _done(lead, said, _BACK.get(was) if was != lead.shelf else None)


@bp.post("/w/<slug>/leads/<uuid:lead_id>/restore", endpoint="restore")
@permit("leads:write")
def to_desk(slug: str, lead_id: UUID) -> Response:
    """Put a lead back onto the desk."""
    lead = restore(lead_id, web.actor())
    return _done(lead, f"{lead.number} is back on the desk.")


@bp.post("/w/<slug>/leads/<uuid:lead_id>/delete", endpoint="delete_for_good")
@permit("leads:delete")
def delete(slug: str, lead_id: UUID) -> Response:
    """Delete a lead from the bin, before its time."""
    delete_for_good([lead_id], web.actor())
    if wants_fragment():
        return answer(_toast("Deleted for good."))
    return redirect_to(url_for("leads.bin"))


def _shelf_page(shelf: str) -> Response:
    found = shelved(shelf, request.args.get("after"))
    days = current_workspace().bin_days
    values: dict[str, Any] = {
        "shelf": shelf, "rows": found.rows, "bin_days": days, "stay": timedelta(days=days), "viewer": g.viewer,
        "lead_url": f"/w/{g.workspace.slug}/leads/",
        "in_bin": count_bin(MOST) if shelf == "bin" and g.viewer.can("leads:delete") else 0, "most": MOST,
        "now": utcnow(),
        "more_url": url_for(f"leads.{shelf}", after=found.next_cursor) if found.next_cursor else None,
    }  # fmt: skip
    if "after" in request.args and wants_fragment():
        return answer(fragment("leads/_shelf_rows.html", **values))
    return desk_or_fragment(shelf, "leads/shelf.html", "leads/_shelf.html", **values)


def _done(lead: Lead, words: str, back: str | None = None) -> Response:
    """Word of it, and the way `back`, which is that to the shelf it was on: what rests in the archive must not go on.
    What shows the lead hears of the change by itself.
    """
    if not wants_fragment():
        return redirect_to(url_for("leads.show", lead_id=lead.id))
    return answer(_toast(words, url_for(back, lead_id=lead.id) if back else None))


def _toast(words: str, undo_url: str | None = None) -> str:
    return fragment("leads/_toast.html", words=words, undo_url=undo_url)


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
