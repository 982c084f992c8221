"""Trying out prices before they are saved."""

from flask import Response, g, request

from app.core.fragments import answer, fragment, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.price_book.forms import BookReader, read_wanted, typed_sheet
from app.price_book.queries import Book, book_on, get_book, price
from app.price_book.queries.sheet import sheet_of
from app.price_book.services import usual_book
from app.price_book.views import bp
from app.price_book.views.editing import sheet_page
from app.price_book.views.sheet_page import Filling, Trial, trial_values
from app.workspaces.queries import today_here


@bp.post("/w/<slug>/settings/prices/try")
@permit("quotes:read")
def try_prices(slug: str) -> Response:
    """What a house would cost by the sheet as it is typed. Without scripts: by the version that is saved."""
    typed = request.form
    wanted, fault = read_wanted(typed)
    filling = _typed() if "first_clean" in typed else _stored()
    trial = Trial(wanted, price(filling.book, wanted), typed.get("t-postcode", ""), fault, len(filling.errors))
    if wants_fragment():
        return answer(fragment("price_book/_tried.html", **trial_values(trial)))
    return sheet_page(Filling(filling.sheet, filling.book, filling.valid_from), origin="tried", trial=trial)


def _typed() -> Filling:
    reader = BookReader(request.form, g.workspace.currency)
    book = reader.book()
    return Filling(typed_sheet(request.form), book, reader.valid_from(today_here()), reader.errors)


def _stored() -> Filling:
    wanted = parse_id(request.form.get("book", ""))
    book: Book = (get_book(wanted) if wanted else None) or book_on(today_here()) or usual_book()
    return Filling(sheet_of(book, g.workspace.currency), book, today_here())
