"""Versions of the prices: one looked back at, older ones listed, one that has not begun taken back."""

from uuid import UUID

from flask import Response, abort, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict
from app.core.fragments import answer, fragment, page, redirect_to
from app.core.permissions import permit
from app.price_book import services
from app.price_book.queries import book_on, get_book
from app.price_book.queries.changes import changes
from app.price_book.queries.sheet import sheet_of
from app.price_book.queries.versions import PAGE, version_line, versions
from app.price_book.views import bp
from app.price_book.views.sheet_page import Filling, sheet_values, trial_values, usual_trial
from app.workspaces.layout import desk
from app.workspaces.queries import today_here


@bp.get("/w/<slug>/settings/prices/<uuid:book_id>")
@permit("quotes:read")
def version(slug: str, book_id: UUID) -> Response:
    """One version, as it was saved, and how it differs from what is in force."""
    return _version_page(book_id)


@bp.get("/w/<slug>/settings/prices/earlier")
@permit("quotes:read")
def earlier(slug: str) -> Response:
    """The next older versions, for the end of the list."""
    before = request.args.get("before", 0, type=int)
    known = versions(before=before)
    return answer(fragment("price_book/_versions.html", known=known, in_force=book_on(today_here()), page_size=PAGE))


@bp.post("/w/<slug>/settings/prices/<uuid:book_id>/withdraw")
@permit("settings:write")
def withdraw(slug: str, book_id: UUID) -> Response:
    """Take back prices that are not in force yet."""
    try:
        number = services.withdraw_book(book_id, web.actor())
    except Conflict as error:
        return _version_page(book_id, 409, conflict=error.message)
    flash(f"Version {number} is withdrawn", "good")
    return redirect_to(url_for("price_book.prices"))


def _version_page(book_id: UUID, status: int = 200, conflict: str = "") -> Response:
    line = version_line(book_id)
    book = get_book(book_id) if line else None
    if line is None or book is None:
        abort(404)
    currency, today = g.workspace.currency, today_here()
    in_force = book_on(today)
    compared = in_force if in_force and in_force.id != book_id else None
    return page(
        "price_book/version.html", status, **desk("settings"), settings_page="prices",
        **sheet_values(Filling(sheet_of(book, currency), book, book.valid_from)), **trial_values(usual_trial(book)),
        line=line, in_force=in_force, compared=compared, conflict=conflict, is_coming=book.valid_from > today,
        differences=changes(compared, book, currency) if compared else [], may_write=False,
        may_save=g.viewer.can("settings:write"),
    )  # fmt: skip
