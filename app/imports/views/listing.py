"""Choosing a file, examples to begin with, and all imports so far."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from flask import Response, abort, make_response, request, url_for

from app.core import web
from app.core.cursors import make_cursor, read_cursor
from app.core.errors import Invalid
from app.core.fragments import page, redirect_to
from app.core.permissions import permit
from app.core.spreadsheets.writing import write_csv
from app.core.uploads import LARGEST_TABLE, READS_TABLES, chosen_table, takes_a_table
from app.imports import services
from app.imports.queries import MOST_ROWS, list_imports
from app.imports.queries.examples import EXAMPLES
from app.imports.queries.showing import LAYOUTS, ImportView, names_of
from app.imports.views import bp
from app.workspaces.layout import desk

_PAGE = 20


@bp.get("/w/<slug>/imports")
@permit("leads:import")
def index(slug: str) -> Response:
    """Choose a file; beneath it the imports so far."""
    return _index()


@bp.post("/w/<slug>/imports")
@takes_a_table
@permit("leads:import")
@READS_TABLES
def upload(slug: str) -> Response:
    """Keep the file and go on to its columns."""
    layout = request.form.get("layout", "")
    try:
        made = services.begin(*chosen_table(), layout or None, web.actor())
    except Invalid as error:
        return _index(422, error.errors, layout)
    return redirect_to(url_for("imports.columns", import_id=made.id))


@bp.get("/w/<slug>/imports/example/<layout>.csv")
@permit("leads:import")
def example(slug: str, layout: str) -> Response:
    """A small file of a layout, to see what one looks like."""
    if layout not in EXAMPLES:
        abort(404)
    header, rows = EXAMPLES[layout]
    response = make_response(write_csv(header, rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="example-{layout}.csv"'
    return response


def _index(status: int = 200, errors: Mapping[str, str] | None = None, layout: str = "") -> Response:
    cursor = request.args.get("after")
    before = cast("tuple[datetime, UUID] | None", read_cursor(cursor, "imports"))
    found = list_imports(before=before and (before[0], before[1]), most=_PAGE + 1)
    after = None
    if len(found) > _PAGE:
        after = make_cursor([found[_PAGE - 1].created_at, found[_PAGE - 1].id], "imports")
    return page(
        "imports/index.html", status, **desk("leads"), imports=[ImportView.of(each) for each in found[:_PAGE]],
        names=names_of(each.created_by for each in found), after=after, cursor=cursor, errors=errors or {},
        layout=layout, layouts=LAYOUTS, most_rows=MOST_ROWS, largest=LARGEST_TABLE // (1024 * 1024),
    )  # fmt: skip
