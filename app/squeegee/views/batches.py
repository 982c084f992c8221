"""Files of leads for Squeegee: all of them, making one, and one with its rows."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, flash, g, make_response, request, url_for

from app.core import web
from app.core.errors import Invalid
from app.core.fragments import page, redirect_to
from app.core.ids import parse_id
from app.core.numbers import whole_number
from app.core.permissions import permit
from app.extensions import db
from app.squeegee import queries, services, words
from app.squeegee.forms import read_ids
from app.squeegee.queries.batches import ROWS, STANDINGS
from app.squeegee.queries.choosing import MOST_IN_A_FILE
from app.squeegee.queries.in_export import in_the_export
from app.squeegee.views import bp
from app.workspaces.layout import desk, desk_or_fragment
from app.workspaces.queries import current_workspace, today_here

#: So many leads are listed to be ticked; the others go along together.
MOST_LISTED = 100
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get("/w/<slug>/squeegee/batches")
@permit("leads:transfer")
def batches(slug: str) -> Response:
    """All files, newest first."""
    lines, after = queries.batches(request.args.get("after"))
    values = {"batches": lines, "after": after, "cursor": request.args.get("after"), "standings": STANDINGS}
    return page("squeegee/batches.html", **values, **desk("squeegee"))


@bp.get("/w/<slug>/squeegee/batches/new")
@permit("leads:transfer")
def new_batch(slug: str) -> Response:
    """Choose which of the complete leads go into a file, and which kind of file."""
    return _choosing()


@bp.post("/w/<slug>/squeegee/batches")
@permit("leads:transfer")
def make_batch(slug: str) -> Response:
    """Make the file; its page offers the download."""
    lead_ids = read_ids(request.form.getlist("lead"))
    if request.form.get("rest"):
        listed = set(read_ids(request.form.getlist("listed")))
        lead_ids += [facts.id for facts in queries.choice().leads if facts.id not in listed]
    try:
        made = services.make_batch(
            lead_ids[:MOST_IN_A_FILE], request.form.get("format", "csv"), web.actor(),
            proposes_dates=bool(request.form.get("dates")),
        )  # fmt: skip
    except Invalid as error:
        db.session.rollback()
        return _choosing(error.errors, request.form, 422)
    left = f" {made.left_out} had moved on and stayed out." if made.left_out else ""
    flash(f"The file is ready: {counted(made.batch.total, 'lead')}.{left}", "good")
    return redirect_to(url_for("squeegee.batch", batch_id=made.batch.id))


@bp.get("/w/<slug>/squeegee/batches/<uuid:batch_id>")
@permit("leads:transfer")
def batch(slug: str, batch_id: UUID) -> Response:
    """One file: to download, to confirm, to take back; its rows and what became of them."""
    return batch_page(batch_id, editing=parse_id(request.args.get("row")))


@bp.get("/w/<slug>/squeegee/batches/<uuid:batch_id>/file.<any(csv, xlsx):fmt>")
@permit("leads:transfer")
def batch_file(slug: str, batch_id: UUID, fmt: str) -> Response:
    """The file itself."""
    made = queries.get_batch(batch_id)
    content = services.batch_file(batch_id, fmt, web.actor())
    day = made.created_at.astimezone(current_workspace().clock().zone).date()
    return _download(content, f"squeegee-{day:%Y-%m-%d}-{str(batch_id)[-6:]}.{fmt}", fmt)


@bp.get("/w/<slug>/squeegee/batches/<uuid:batch_id>/report.<any(csv, xlsx):fmt>")
@permit("leads:transfer")
def batch_report(slug: str, batch_id: UUID, fmt: str) -> Response:
    """What became of each row, as a file."""
    content = services.batch_report(batch_id, fmt, web.actor())
    return _download(content, f"squeegee-report-{today_here():%Y-%m-%d}-{str(batch_id)[-6:]}.{fmt}", fmt)


def batch_page(
    batch_id: UUID,
    *,
    editing: UUID | None = None,
    errors: Mapping[str, str] | None = None,
    said: str = "",
    status: int = 200,
) -> Response:
    """The page of a file, whole or as its main part. `show` and `after` of the address say which rows.

    `editing`: the row that is open to say how it went.
    """
    batch = queries.get_batch(batch_id)
    show = request.args.get("show", "")
    show = show if show in STANDINGS else ""
    behind = whole_number(request.args.get("after"), 999_999) or 0
    shown = queries.rows(batch_id, show, behind, ROWS + 1)
    values: dict[str, Any] = {
        "batch": queries.batch_line(batch), "rows": shown[:ROWS], "show": show, "behind": behind,
        "after": shown[ROWS - 1].position if len(shown) > ROWS else None, "standings": STANDINGS,
        "columns": [column["title"] for column in batch.columns], "words": words, "viewer": g.viewer,
        "export": in_the_export(batch) if batch.state == "open" else None, "errors": errors or {}, "said": said,
        "editing": editing, "typed": request.form,
    }  # fmt: skip
    return desk_or_fragment("squeegee", "squeegee/batch.html", "squeegee/_batch.html", status, **values)


def counted(number: int, noun: str) -> str:
    """ "1 lead", "2,000 leads"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _choosing(
    errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    found = queries.choice()
    ticked = set(read_ids(request.form.getlist("lead"))) if typed is not None else {each.id for each in found.leads}
    values = {
        "listed": found.leads[:MOST_LISTED], "rest": len(found.leads[MOST_LISTED:]),
        "incomplete": found.incomplete, "there": found.there, "ticked": ticked,
        "typed": typed, "errors": errors or {}, "most": MOST_IN_A_FILE,
    }  # fmt: skip
    return page("squeegee/new_batch.html", status, **values, **desk("squeegee"))


def _download(content: bytes, name: str, fmt: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = _TYPES[fmt]
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
