"""The quarantine, for people of the workspace who may write leads."""

from uuid import UUID

from flask import Response, url_for

from app.core import web
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.permissions import permit
from app.lead_forms.services import questions, release, throw_away, waiting
from app.lead_forms.services.suspicion import REASONS
from app.lead_forms.views import bp
from app.workspaces.layout import desk


@bp.get("/w/<slug>/quarantine")
@permit("leads:write")
def quarantine(slug: str) -> Response:
    """What came in and looked like a robot's work."""
    return page("lead_forms/quarantine.html", **_values(), **desk("leads"))


@bp.post("/w/<slug>/quarantine/<uuid:submission_id>/release")
@permit("leads:write")
def release_submission(slug: str, submission_id: UUID) -> Response:
    """Make a lead of it."""
    return _decided(f"Let out as {release(submission_id, web.actor())}")


@bp.post("/w/<slug>/quarantine/<uuid:submission_id>/delete")
@permit("leads:write")
def delete_submission(slug: str, submission_id: UUID) -> Response:
    """Throw it away."""
    throw_away(submission_id, web.actor())
    return _decided("Deleted")


def _decided(words: str) -> Response:
    if not wants_fragment():
        return redirect_to(url_for("lead_forms.quarantine"))
    return answer(fragment("lead_forms/_decided.html", words=words, **_values()))


def _values() -> dict[str, object]:
    return {"submissions": waiting(web.actor()), "reasons": REASONS, "ask": questions}
