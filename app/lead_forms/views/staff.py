"""The quarantine, for people of the workspace who may write leads."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for

from app.core import web
from app.core.cursors import make_cursor, read_cursor
from app.core.errors import Conflict
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.permissions import permit
from app.core.uploads import Places
from app.lead_forms.queries import MOST_COUNTED, Place
from app.lead_forms.services import questions, release, throw_away, throw_away_kind, waiting
from app.lead_forms.services.suspicion import REASONS, SHORT_REASONS
from app.lead_forms.views import bp
from app.workspaces.layout import desk

NAV = "held_back"
#: Its photos are looked at once more, within the transaction that makes the lead: so few connections wait for that.
_PLACES = Places(4)
_BUSY = "Several are being let out just now. Try again in a few seconds."


@bp.get("/w/<slug>/quarantine")
@permit("leads:write")
def quarantine(slug: str) -> Response:
    """What came in and looked like a robot's work; `?kind=` shows what is suspected for one reason."""
    return page("lead_forms/quarantine.html", **_values(), **desk(NAV))


@bp.post("/w/<slug>/quarantine/delete")
@permit("leads:write")
def delete_kind(slug: str) -> Response:
    """Throw away all of one kind that had come when the page was made."""
    kind, until = request.form.get("kind", ""), _moment(request.form.get("until", ""))
    deleted = throw_away_kind(kind, until, web.actor()) if kind in REASONS and until else 0
    flash(f"{deleted:,} deleted" if deleted else "Nothing of that kind was waiting any more", "good")
    return redirect_to(url_for("lead_forms.quarantine"))


@bp.post("/w/<slug>/quarantine/<uuid:submission_id>/release")
@permit("leads:write")
def release_submission(slug: str, submission_id: UUID) -> Response:
    """Make a lead of it."""
    with _PLACES.take() as got:
        if not got:
            raise Conflict(_BUSY)
        number = release(submission_id, web.actor())
    return _decided(f"Let out as {number}")


@bp.post("/w/<slug>/quarantine/<uuid:submission_id>/delete")
@permit("leads:write")
def delete_submission(slug: str, submission_id: UUID) -> Response:
    """Throw it away."""
    throw_away(submission_id, web.actor())
    return _decided("Deleted")


def _decided(words: str) -> Response:
    """The same page again, filled up with what comes next."""
    values = _values()
    if not wants_fragment():
        flash(words, "good")
        return redirect_to(url_for("lead_forms.quarantine", **values["here"]))
    return answer(fragment("lead_forms/_decided.html", words=words, **values))


def _values() -> dict[str, Any]:
    kind = request.args.get("kind", "")
    kind = kind if kind in REASONS else ""
    after = request.args.get("after", "")
    listed = f"quarantine:{kind}"
    parts = read_cursor(after, listed)
    place = Place(*parts) if parts else None  # type: ignore[arg-type]
    held = waiting(web.actor(), kind or None, place)
    if place and not held.shown:  # the last one of this page was decided about
        place, held = None, waiting(web.actor(), kind or None)
    here = {name: value for name, value in (("kind", kind), ("after", after if place else "")) if value}
    return {
        "submissions": held.shown, "reasons": REASONS, "short": SHORT_REASONS, "ask": questions, "kind": kind,
        "kinds": held.kinds, "most": MOST_COUNTED, "here": here, "is_first": place is None,
        "then": make_cursor([held.then.at, held.then.submission_id], listed) if held.then else "",
        "until": held.shown[0].created_at.isoformat() if held.shown and place is None else "",
    }  # fmt: skip


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    return found if found.tzinfo else None
