"""Saying what became of a file's rows, one by one, several or all; and taking them out again."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, flash, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid, NotFound
from app.core.fragments import redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.extensions import db
from app.squeegee import services
from app.squeegee.forms import read_ids
from app.squeegee.models import Transfer
from app.squeegee.queries.in_export import found_in_export
from app.squeegee.queries.reading import get_transfer
from app.squeegee.services.batches import AT_ONCE
from app.squeegee.views import bp
from app.squeegee.views.batches import batch_page, counted
from app.squeegee.views.transfers import decide


@bp.post("/w/<slug>/squeegee/batches/<uuid:batch_id>/rows")
@permit("leads:transfer")
def act_on_rows(slug: str, batch_id: UUID) -> Response:
    """The ticked rows are in Squeegee, were not taken, or are taken out of the file: `act` says which."""
    ids, act = read_ids(request.form.getlist("row")), request.form.get("act", "")

    def do() -> str:
        if act == "not_taken":
            done = services.confirm_rows(batch_id, ids, web.actor(), remark=request.form.get("remark", ""))
            return f"{counted(done, 'row')} noted as not taken."
        if act == "out":
            return f"{counted(services.take_out(batch_id, ids, web.actor()), 'row')} taken out."
        return _noted(services.confirm_rows(batch_id, ids, web.actor()))

    return _answer(batch_id, do)


@bp.post("/w/<slug>/squeegee/batches/<uuid:batch_id>/confirm")
@permit("leads:transfer")
def confirm_batch(slug: str, batch_id: UUID) -> Response:
    """All that wait are in Squeegee; with `by=export` those that its last export holds."""

    def do() -> str:
        if request.form.get("by") == "export":
            return _noted(services.confirm_found(batch_id, found_in_export(batch_id), web.actor()))
        return _noted(services.confirm_all(batch_id, web.actor()))

    return _answer(batch_id, do)


@bp.post("/w/<slug>/squeegee/batches/<uuid:batch_id>/cancel")
@permit("leads:transfer")
def cancel_batch(slug: str, batch_id: UUID) -> Response:
    """Take the file back: the leads that wait in it are free again."""

    def do() -> str:
        freed = services.cancel_batch(batch_id, web.actor())
        return f"The file is taken back: {counted(freed, 'lead')} can be handed over again."

    return _answer(batch_id, do)


@bp.post("/w/<slug>/transfers/<uuid:transfer_id>/row")
@permit("leads:transfer")
def say_of_row(slug: str, transfer_id: UUID) -> Response:
    """What became of one row: in Squeegee under an id, or not taken; from the file's page or the transfer's own."""
    taken = request.form.get("act") != "not_taken"

    def do() -> Transfer:
        if taken:
            return services.say_entered(transfer_id, request.form.get("squeegee_id", ""), web.actor())
        return services.say_not_taken(transfer_id, request.form.get("remark", ""), web.actor())

    batch_id = get_transfer(transfer_id).batch_id
    if batch_id is None:
        raise NotFound
    if request.form.get("place") != "batch":
        return decide(transfer_id, do, "Noted.")

    def noted() -> str:
        do()
        return "Noted."

    return _answer(batch_id, noted, parse_id(request.form.get("row")), parse_id(request.form.get("next")))


def _noted(rows: int) -> str:
    if rows > AT_ONCE:
        return f"{counted(rows, 'row')} are being noted as in Squeegee. It goes on by itself."
    return f"{counted(rows, 'row')} noted as in Squeegee."


def _answer(batch_id: UUID, do: Callable[[], str], row: UUID | None = None, next_row: UUID | None = None) -> Response:
    """Do it and show the file again. `row` is the one that was open; when all is well `next_row` is opened."""
    try:
        said = do()
    except Invalid as error:
        db.session.rollback()
        return batch_page(batch_id, editing=row, errors=error.errors, status=422)
    except Conflict as error:
        db.session.rollback()
        return batch_page(batch_id, errors={"": error.message}, status=409)
    if wants_fragment():
        return batch_page(batch_id, editing=next_row, said=said)
    flash(said, "good")
    where = {name: request.args[name] for name in ("show", "after") if request.args.get(name)}
    return redirect_to(url_for("squeegee.batch", batch_id=batch_id, row=next_row, **where))
