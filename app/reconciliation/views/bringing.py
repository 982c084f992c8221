"""Bringing in an export, and saying what its columns are where their titles do not tell."""

from collections.abc import Mapping
from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid, NotFound
from app.core.fragments import page, redirect_to
from app.core.numbers import whole_number
from app.core.permissions import permit
from app.core.uploads import READS_TABLES, chosen_table, takes_a_table
from app.extensions import db
from app.reconciliation import services
from app.reconciliation.views import bp
from app.reconciliation.views.ledger import ledger_page
from app.workspaces.layout import desk

#: Lines shown beside the columns that are asked for.
_SAMPLES = 3


@bp.post("/w/<slug>/squeegee/reconciliation")
@takes_a_table
@permit("leads:import")
@READS_TABLES
def bring(slug: str) -> Response:
    """Take in Customers.csv, or the like of it."""
    try:
        export = services.begin(*chosen_table(), web.actor(), is_part=bool(request.form.get("part")))
    except Invalid as error:
        db.session.rollback()
        return ledger_page(errors=error.errors, status=422)
    except Conflict as error:
        db.session.rollback()
        return ledger_page(errors={"file": error.message}, status=409)
    if export.state == "waiting":
        return redirect_to(url_for("reconciliation.columns", export_id=export.id))
    flash("Your export is here. It is compared now.", "good")
    return redirect_to(url_for("reconciliation.ledger"))


@bp.get("/w/<slug>/squeegee/reconciliation/exports/<uuid:export_id>")
@permit("leads:import")
@READS_TABLES
def columns(slug: str, export_id: UUID) -> Response:
    """What the columns of an export are."""
    return _columns_page(export_id)


@bp.post("/w/<slug>/squeegee/reconciliation/exports/<uuid:export_id>")
@permit("leads:import")
@READS_TABLES
def set_columns(slug: str, export_id: UUID) -> Response:
    """Say what the columns are, and compare."""
    chosen = {field: whole_number(request.form.get(field), 9_999) for field in services.FIELDS}
    places = {field: place for field, place in chosen.items() if place is not None}
    try:
        services.set_columns(export_id, places, web.actor())
    except Invalid as error:
        db.session.rollback()
        return _columns_page(export_id, chosen, error.errors, 422)
    except Conflict as error:
        db.session.rollback()
        flash(error.message, "bad")
        return redirect_to(url_for("reconciliation.ledger"))
    flash("Your export is compared now.", "good")
    return redirect_to(url_for("reconciliation.ledger"))


def _columns_page(
    export_id: UUID, chosen: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None, status: int = 200
) -> Response:  # fmt: skip
    export = services.locked_export(export_id)
    if export.state != "waiting" or export.file_sealed is None:
        if export.state == "failed":
            raise NotFound
        return redirect_to(url_for("reconciliation.ledger"))
    table = services.table_of(export)
    found = {field: str(place) for field, place in services.found_columns(table.header).items()}
    samples = [cells for _, cells in table.rows[:_SAMPLES]]
    return page(
        "reconciliation/columns.html", status, export=export, header=table.header, samples=samples,
        chosen=chosen if chosen is not None else found, errors=errors or {},
        fields={field: label for field, (label, _) in services.FIELDS.items()}, viewer_may=g.viewer, **desk("squeegee"),
    )  # fmt: skip
