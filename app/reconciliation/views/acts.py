"""What is done about lines of the ledger, one by one or several."""

from uuid import UUID

from flask import Response, flash, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.extensions import db
from app.reconciliation import services, words
from app.reconciliation.views import bp
from app.reconciliation.views.ledger import ledger_page


@bp.post("/w/<slug>/squeegee/reconciliation/<uuid:discrepancy_id>")
@permit("leads:transfer")
def resolve(slug: str, discrepancy_id: UUID) -> Response:
    """Do what the pressed button says about a line."""
    act, reference = request.form.get("act", ""), request.form.get("reference", "")[:200]
    try:
        row = services.resolve(discrepancy_id, act, web.actor(), reference=reference)
    except Invalid as error:
        db.session.rollback()
        errors = {str(discrepancy_id): error.errors}
        return ledger_page(line_errors=errors, typed={str(discrepancy_id): reference}, status=422)
    except Conflict as error:
        db.session.rollback()
        return ledger_page(line_errors={str(discrepancy_id): {"": error.message}}, errors={"line": error.message},
                           status=409)  # fmt: skip
    may_undo = row.state == "dismissed" or row.resolution == "put_right"
    undo_url = url_for("reconciliation.reopen", discrepancy_id=discrepancy_id, kind=row.kind) if may_undo else None
    return _done(words.RESOLUTIONS[row.resolution or "dismissed"] + ".", undo_url)


@bp.post("/w/<slug>/squeegee/reconciliation/<uuid:discrepancy_id>/reopen")
@permit("leads:transfer")
def reopen(slug: str, discrepancy_id: UUID) -> Response:
    """Take it back."""
    try:
        services.reopen(discrepancy_id, web.actor())
    except Conflict as error:
        db.session.rollback()
        return ledger_page(errors={"line": error.message}, status=409)
    return _done("It is back on the list.")


@bp.post("/w/<slug>/squeegee/reconciliation/stop")
@permit("leads:transfer")
def stop_several(slug: str) -> Response:
    """Stop the chase of those that are ticked."""
    ids = [found for each in request.form.getlist("discrepancy") if (found := parse_id(each))]
    try:
        outcome = services.stop_several(ids, web.actor())
    except Invalid as error:
        db.session.rollback()
        return ledger_page(errors={"discrepancy": error.errors["discrepancy"]}, status=422)
    said = f"{outcome.done} {'is' if outcome.done == 1 else 'are'} noted as entered; nobody chases them any more."
    if outcome.left:
        said += " Left as they were: " + " ".join(outcome.left)
    return _done(said)


def _done(said: str, undo_url: str | None = None) -> Response:
    if wants_fragment():
        return ledger_page(said=said, undo_url=undo_url)
    flash(said, "good")
    return redirect_to(url_for("reconciliation.ledger", kind=request.values.get("kind") or None))
