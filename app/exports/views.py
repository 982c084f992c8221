"""Exports: asking for one, the files that are there or being made, giving one out, and deleting it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import parse_qsl
from uuid import UUID

import structlog
from flask import Blueprint, Response, abort, request, url_for

from app.core import web
from app.core.crypto import CryptoError
from app.core.cursors import make_cursor, read_cursor
from app.core.errors import Conflict, Invalid
from app.core.fragments import redirect_to
from app.core.ids import parse_id
from app.core.network import person_or_block
from app.core.permissions import permit
from app.exports import services
from app.exports.models import MOST_LEADS
from app.exports.queries import EVERYTHING, facts_named, facts_shown, list_exports
from app.exports.services import AT_ONCE, KEPT, Asked, MadeFile
from app.exports.words import NONE_LEFT
from app.extensions import db, limiter
from app.files.ports import BlobMissing, StoreUnavailable
from app.leads.queries.choices import BarChoices, bar_choices
from app.leads.queries.columns import read_columns
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.listing import MOST_COUNTED, count_leads
from app.leads.queries.ordering import Ordering
from app.workspaces.layout import desk_or_fragment

bp = Blueprint("exports", __name__)
log = structlog.get_logger(__name__)
_PAGE = 20
#: A file of customers is asked for and fetched now and then; whoever does it all the time is no person at a desk.
_ASKING = limiter.limit("10 per minute; 60 per hour", key_func=person_or_block)
_FETCHING = limiter.limit("20 per minute; 120 per hour", key_func=person_or_block)


@bp.get("/w/<slug>/exports")
@permit("leads:import")
def index(slug: str) -> Response:
    """The exports whose files are there or being made, the newest first."""
    cursor = request.args.get("after")
    before = cast("tuple[datetime, UUID] | None", read_cursor(cursor, "exports"))
    found = list_exports(before=before and (before[0], before[1]), most=_PAGE + 1)
    shown, more = found[:_PAGE], len(found) > _PAGE
    values = {
        "exports": shown, "cursor": cursor, "kept_days": KEPT.days, "going_on": any(each.is_going_on for each in shown),
        "after": make_cursor([shown[-1].created_at, shown[-1].id], "exports") if more else None,
    }  # fmt: skip
    return desk_or_fragment("leads", "exports/index.html", "exports/_list.html", **values)


@bp.get("/w/<slug>/exports/new")
@permit("leads:import")
def ask(slug: str) -> Response:
    """What to export, and as what: ?query=<the list's query>&view=<its view>."""
    return _form(request.args)


@bp.post("/w/<slug>/exports")
@permit("leads:import")
@_ASKING
def start(slug: str) -> Response:
    """The file, or for many leads the page that shows how far it has got."""
    form = request.form
    narrowed, order = _list_of(form)
    keys = EVERYTHING if form.get("columns") == "everything" else _keys_shown(form, bar_choices())
    try:
        ticked = _ticked(form)  # whatever the list has been narrowed down to since
        narrowed = LeadFilter.from_pairs([]) if ticked else narrowed
        made = services.begin(Asked(form.get("format", ""), keys, narrowed, order, ticked), web.actor())
    except (Invalid, Conflict) as error:
        db.session.rollback()
        words = next(iter(error.errors.values())) if isinstance(error, Invalid) else error.message
        return _form(form, words, 409 if isinstance(error, Conflict) else 422)
    if isinstance(made, MadeFile):
        return _attached(Response(made.content, content_type=made.content_type), made.name)
    return redirect_to(url_for("exports.index"))


@bp.get("/w/<slug>/exports/<uuid:lead_export_id>/file")
@permit("leads:import")
@_FETCHING
def download(slug: str, lead_export_id: UUID) -> Response:
    """The file of an export that is ready."""
    try:
        file = services.open_file(lead_export_id, web.actor())
    except (BlobMissing, CryptoError, StoreUnavailable) as error:
        log.error("export_unreadable", export=str(lead_export_id), error=type(error).__name__)
        abort(503 if isinstance(error, StoreUnavailable) else 500)
    response = Response(file.content, content_type=file.content_type, direct_passthrough=True)
    response.headers["Content-Length"] = str(file.size)
    return _attached(response, file.name)


@bp.post("/w/<slug>/exports/<uuid:lead_export_id>/remove")
@permit("leads:import")
def remove(slug: str, lead_export_id: UUID) -> Response:
    """Stop one that is being made, or delete its file."""
    services.remove(lead_export_id, web.actor())
    return redirect_to(url_for("exports.index"))


def _form(given: Mapping[str, str], error: str = "", status: int = 200) -> Response:
    """The form; `given` is an address's query, or the form that was refused."""
    bar = bar_choices()
    narrowed, order = _list_of(given)
    values: dict[str, Any] = {
        "query": given.get("query", ""), "view_id": given.get("view", "")[:40], "error": error,
        "total": count_leads(narrowed), "most": MOST_COUNTED, "most_leads": MOST_LEADS, "at_once": AT_ONCE,
        "chips": [chip.text for chip in narrowed.chips(bar.names)], "order": order.words,
        "shown": [fact.title for fact in facts_named(_keys_shown(given, bar))], "everything": len(EVERYTHING),
        "format": given.get("format", "csv"), "columns": given.get("columns", "shown"),
    }  # fmt: skip
    return desk_or_fragment("leads", "exports/ask.html", "exports/_ask.html", status, **values)


def _list_of(given: Mapping[str, str]) -> tuple[LeadFilter, Ordering]:
    """Filter and order of the list that one came from; the bar of the ticked gives the order beside the filter."""
    pairs = parse_qsl(given.get("query", ""))
    order = {"sort": given["order"]} if given.get("order") else dict(pairs)
    return LeadFilter.from_pairs(pairs), Ordering.from_query(order)


def _ticked(form: Mapping[str, str]) -> tuple[UUID, ...]:
    """The leads that were ticked one by one, none where the whole list is meant. Raises Invalid for none of either."""
    if "leads" not in form or form.get("all"):
        return ()
    ids = tuple(filter(None, map(parse_id, form["leads"].split(","))))
    if not ids:
        raise Invalid({"leads": NONE_LEFT})
    return ids


def _keys_shown(given: Mapping[str, str], bar: BarChoices) -> tuple[str, ...]:
    """What the columns of that list tell: those of its view, or those that the person likes."""
    view = bar.view(parse_id(given.get("view", "")))
    return facts_shown(column.key for column in read_columns((view and view.columns) or bar.columns))


def _attached(response: Response, name: str) -> Response:
    """A file that is only ever saved, and kept by nobody on the way."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
