"""How a sequence stood before: its versions, who is under way on each, and going on with another."""

from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.core.permissions import permit
from app.followups import services
from app.followups.queries.steps import steps_of
from app.followups.queries.versions import get_version, versions_of
from app.followups.queries.ways import ids_under_way, version_counts
from app.followups.services.setting_up import get_sequence
from app.followups.views import bp
from app.followups.views.listing import marks_of
from app.followups.words import leads_counted
from app.workspaces.layout import desk
from app.workspaces.queries import member_choices

#: As many leads are moved within one request.
MOST_MOVED = 500


@bp.get("/w/<slug>/sequences/<uuid:sequence_id>/versions")
@permit("messages:read")
def versions(slug: str, sequence_id: UUID) -> Response:
    """Every version, the newest first, with how many leads are under way on it."""
    found = get_sequence(sequence_id)
    counts = version_counts(sequence_id)
    known = [(each, marks_of(steps_of(each.steps))) for each in versions_of(sequence_id)]
    return page(
        "followups/sequences/versions.html", **desk("sequences"), sequence=found, versions=known, on_version=counts,
        way_count=sum(counts.values()), names=dict(member_choices()), may_write=g.viewer.can("settings:write"),
        may_move=g.viewer.can("leads:assign"),
    )  # fmt: skip


@bp.post("/w/<slug>/sequences/<uuid:sequence_id>/versions/<int:version_no>", endpoint="bring_back_version")
@permit("settings:write")
def bring_back(slug: str, sequence_id: UUID, version_no: int) -> Response:
    """Use the steps of an earlier version again, as the next one."""
    once = get_version(sequence_id, version_no)
    try:
        seen = request.form.get("seen", 0, type=int)
        saved = services.save_steps(sequence_id, steps_of(once.steps), seen, web.actor())
    except Invalid as error:
        flash(f"It can’t be used as it was. {next(iter(error.errors.values()))}", "bad")
        return redirect_to(url_for("followups.versions", sequence_id=sequence_id))
    except Conflict as error:
        flash(error.message, "bad")
        return redirect_to(url_for("followups.versions", sequence_id=sequence_id))
    flash(f"The steps of version {version_no} are in use again, as version {saved.version_no}", "good")
    return redirect_to(url_for("followups.sequence", sequence_id=sequence_id))


@bp.post("/w/<slug>/sequences/<uuid:sequence_id>/move-on", endpoint="move_on")
@permit("leads:assign")
def move_on(slug: str, sequence_id: UUID) -> Response:
    """Let leads that are under way on earlier versions go on with the newest."""
    found = get_sequence(sequence_id)
    ids = ids_under_way(sequence_id, not_on=found.version_no, limit=MOST_MOVED)
    moved = services.move_to_version(sequence_id, ids, web.actor())
    flash(f"{leads_counted(moved)} went on to version {found.version_no}", "good")
    return redirect_to(url_for("followups.versions", sequence_id=sequence_id))
