"""The sheet of prices: shown, and saved as the next version."""

from dataclasses import replace
from typing import Any

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.core.ids import parse_id
from app.core.permissions import permit
from app.price_book import services
from app.price_book.forms import BookReader, typed_sheet
from app.price_book.queries import Book, book_on, get_book
from app.price_book.queries.changes import changes
from app.price_book.queries.faults import faults
from app.price_book.queries.sheet import sheet_of
from app.price_book.queries.versions import VersionLine, coming_versions, versions
from app.price_book.views import bp
from app.price_book.views.sheet_page import Filling, Trial, sheet_values, trial_values, usual_trial
from app.workspaces.layout import desk
from app.workspaces.queries import today_here


@bp.get("/w/<slug>/settings/prices")
@permit("quotes:read")
def prices(slug: str) -> Response:
    """The sheet: the prices in force, or those of `?start=` (a version's id, or "usual"), ready to be changed."""
    book, origin = _starting_book(request.args.get("start", ""))
    today = today_here()
    begins = max(book.valid_from, today) if origin == "coming" else today
    return sheet_page(Filling(sheet_of(book, g.workspace.currency), book, begins), origin=origin, started=book)


@bp.post("/w/<slug>/settings/prices")
@permit("settings:write")
def save_prices(slug: str) -> Response:
    """Save the sheet as the next version."""
    reader = BookReader(request.form, g.workspace.currency)
    book, valid_from = reader.book(), reader.valid_from(today_here())
    filling = Filling(typed_sheet(request.form), book, valid_from, reader.errors)
    if reader.errors:
        return sheet_page(replace(filling, errors={**_faults(book), **reader.errors}), 422)
    try:
        saved = services.save_book(book, valid_from, request.form.get("seen", ""), web.actor())
    except Invalid as error:
        return sheet_page(replace(filling, errors=error.errors), 422)
    except Conflict as error:
        return sheet_page(filling, 409, conflict=error.message)
    is_today, day = valid_from == today_here(), f"{valid_from:%-d %B %Y}"
    if saved is None:
        held = "are in force already" if is_today else f"hold on {day} already"
        flash(f"Nothing has changed: these prices {held}", "good")
    else:
        begins = "from now on" if is_today else f"from {day} on"
        flash(f"Saved as version {saved.version_no}: quotes take these prices {begins}", "good")
    return redirect_to(url_for("price_book.prices"))


def sheet_page(
    filling: Filling, status: int = 200, *, origin: str = "typed", started: Book | None = None, conflict: str = "",
    trial: Trial | None = None,
) -> Response:  # fmt: skip
    """The page with everything as it was typed; `origin` says where what stands in the sheet comes from."""
    known = versions()
    today = today_here()
    in_force = book_on(today)
    return page(
        "price_book/page.html", status, **desk("settings"), settings_page="prices", **sheet_values(filling),
        **trial_values(trial or usual_trial(filling.book)), **_about(known, in_force),
        coming=coming_versions(today), conflict=conflict, origin=origin, started=started,
        seen=request.form["seen"] if "seen" in request.form and not conflict else _newest(known),  # see _newest
        stored_changes=_their_changes(known, filling.book) if conflict else [], earlier_of=None,
        may_write=g.viewer.can("settings:write"), today=today.isoformat(),
    )  # fmt: skip


def _faults(book: Book) -> dict[str, str]:
    """What is wrong with the rest, so that it need not be sent twice to hear of it."""
    return faults(book, g.workspace.currency) if book.cells else {}


def _about(known: list[VersionLine], in_force: Book | None) -> dict[str, Any]:
    latest = known[0] if known else None
    return {
        "known": known, "in_force": in_force, "next_no": latest.version_no + 1 if latest else 1,
    }  # fmt: skip


def _newest(known: list[VersionLine]) -> str:
    """What tells the newest version from others in a form: "" for none. Who mends a slip in a sheet that was refused
    has seen no newer one than before.
    """
    return str(known[0].id) if known else ""


def _their_changes(known: list[VersionLine], mine: Book) -> list:
    theirs = get_book(known[0].id) if known else None
    return changes(theirs, mine, g.workspace.currency) if theirs else []


def _starting_book(start: str) -> tuple[Book, str]:
    """What the sheet opens with, and where it comes from: usual, copy, coming or force."""
    wanted = parse_id(start)
    chosen = get_book(wanted) if wanted else None
    if chosen is not None:
        return chosen, "coming" if chosen.valid_from > today_here() else "copy"
    in_force = None if start == "usual" else book_on(today_here())
    if in_force is not None:
        return in_force, "force"
    return services.usual_book(), "usual"
