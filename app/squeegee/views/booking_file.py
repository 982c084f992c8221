"""A file of bookings: looked at first, then taken in."""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping, Sequence
from datetime import date

from flask import Response, flash, request, url_for

from app.core import web
from app.core.errors import Invalid
from app.core.fragments import page, redirect_to
from app.core.permissions import permit
from app.core.uploads import READS_TABLES, chosen_table, takes_a_table
from app.squeegee import services
from app.squeegee.queries.booking_file import MOST_LISTED, MOST_TAKEN, BookingLine, look_at
from app.squeegee.services import Confirmation
from app.squeegee.views import bp
from app.squeegee.views.bookings import bookings_page
from app.workspaces.layout import desk

_LARGEST = 100_000


@bp.post("/w/<slug>/squeegee/bookings/file")
@takes_a_table
@permit("leads:transfer")
@READS_TABLES
def preview_bookings(slug: str) -> Response:
    """What a file of bookings would change; nothing is changed yet."""
    typed = {name: request.form.get(name, "")[:100] for name in ("reference_title", "date_title")}
    try:
        found = look_at(*chosen_table(), **typed)
    except Invalid as error:
        named = typed if any(typed.values()) else {}
        return bookings_page(422, errors=error.errors, typed=named)
    values = {"file": found, "lines": _packed(found.to_take), "most": MOST_LISTED, "most_taken": MOST_TAKEN}
    return page("squeegee/booking_file.html", **values, **desk("squeegee"))


@bp.post("/w/<slug>/squeegee/bookings/take")
@permit("leads:transfer")
def take_bookings(slug: str) -> Response:
    """Take in what the person has looked at."""
    try:
        lines = _unpacked(request.form.get("lines", ""))
    except (ValueError, KeyError, TypeError, RecursionError, zlib.error, binascii.Error):
        return bookings_page(422, errors={"file": "The list did not come through whole. Choose the file again."})
    flash(_said(services.take_file(lines, web.actor())), "good")
    return redirect_to(url_for("squeegee.bookings"))


def _packed(lines: Sequence[BookingLine]) -> str:
    """The lines as text small enough to come back with the form: nothing of the file is kept here meanwhile."""
    told = [[line.number, line.theirs.isoformat() if line.theirs else "", line.customer_id] for line in lines]
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(told).encode())).decode()


def _unpacked(text: str) -> list[Confirmation]:
    """The lines that come back. Raises ValueError and its like for what was not made by `_packed`."""
    opener = zlib.decompressobj()
    told = json.loads(opener.decompress(base64.urlsafe_b64decode(text), _LARGEST))
    if not isinstance(told, list) or len(told) > MOST_TAKEN:
        raise ValueError(len(told))
    return [
        Confirmation(str(number)[:100], date.fromisoformat(day), customer_id=str(whose)[:100] if whose else None)
        for number, day, whose in told
    ]


def _said(taken: Mapping[str, int]) -> str:
    """What became of them, in words."""
    words = []
    if taken["recorded"]:
        words.append("1 booking is noted" if taken["recorded"] == 1 else f"{taken['recorded']} bookings are noted")
    if taken["differs"]:
        words.append("1 differs and waits for you" if taken["differs"] == 1 else f"{taken['differs']} differ and wait")
    left = sum(taken[each] for each in ("known", "unknown", "unreadable"))
    if left:
        words.append(f"{left} said nothing new")
    return ", ".join(words) + "." if words else "There was nothing to take in."
