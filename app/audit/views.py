"""The audit log: who did what to what, when and from where; one entry opened, and what is shown as a file."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from app.audit import services
from app.audit.forms import Asked, read_filter
from app.audit.queries.filtering import OTHERS
from app.audit.queries.listing import Listed, list_entries
from app.audit.queries.naming import Person, everybody
from app.audit.queries.showing import lines_of
from app.audit.services import TooMany
from app.audit.words import KINDS
from app.core import web
from app.core.errors import Invalid
from app.core.fragments import wants_fragment
from app.core.network import person_or_block
from app.core.permissions import permit
from app.extensions import db, limiter
from app.workspaces.layout import desk_or_fragment
from app.workspaces.queries import today_here

bp = Blueprint("audit", __name__)
#: As for exports of leads.
_ASKING = limiter.limit("10 per minute; 60 per hour", key_func=person_or_block)


@bp.get("/w/<slug>/settings/audit")
@permit("audit:read")
def index(slug: str) -> Response:
    """The log, narrowed as its address says, newest first."""
    people = everybody()
    return _log(people, read_filter(request.args, people))


@bp.post("/w/<slug>/settings/audit/<uuid:audit_entry_id>")
@permit("audit:read")
def entry(slug: str, audit_entry_id: UUID) -> Response:
    """One entry with what was before and after. By POST, since opening it is written down."""
    line, opened = services.read_entry(audit_entry_id, web.actor())
    back = url_for("audit.index", **_kept())
    return desk_or_fragment("settings", "audit/entry.html", "audit/_entry.html", line=line, opened=opened, back=back)


@bp.post("/w/<slug>/settings/audit/export")
@permit("audit:read")
@_ASKING
def export(slug: str) -> Response:
    """What the address narrows the log to as CSV, or word that one file does not hold it."""
    people = everybody()
    asked = read_filter(request.args, people)
    if asked.errors:
        return _log(people, asked, status=422)
    try:
        content = services.export_entries(
            asked.wanted, asked.subject_ids, web.actor(), only_newest=bool(request.form.get("newest"))
        )
    except Invalid as error:
        db.session.rollback()
        return _log(people, asked, refused=error.errors[""], status=422)
    except TooMany as error:
        return _log(people, asked, too_many=error, status=422)
    response = Response(content, content_type="text/csv; charset=utf-8")
    name = f"{slug}-audit-log-{today_here():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _log(
    people: dict[UUID, Person], asked: Asked, *, refused: str = "", too_many: TooMany | None = None, status: int = 200
) -> Response:
    cursors = {name: request.args.get(name) for name in ("after", "before")}
    listed = Listed() if asked.errors else list_entries(asked.wanted, asked.subject_ids, **cursors)
    values: dict[str, Any] = {
        "lines": lines_of(listed.rows, people), "listed": listed, "wanted": asked.wanted, "errors": asked.errors,
        "typed": asked.typed, "people": people.values(), "others": OTHERS, "kinds": KINDS, "refused": refused,
        "too_many": too_many, "is_first": not any(cursors.values()), "most": services.MOST,
    }  # fmt: skip
    response = desk_or_fragment("settings", "audit/index.html", "audit/_log.html", status, **values)
    if wants_fragment() and (asked.errors or "" in request.args.values()):
        # What the form sends blank, or was mistyped and may be anything, stays out of the address.
        response.headers["HX-Push-Url"] = url_for("audit.index", **asked.wanted.as_query())
    return response


def _kept() -> dict[str, str]:
    """Where in the log one was, to go back there; what it does not know is left out when it is read."""
    names = ("who", "kind", "from", "to", "lead", "after", "before")
    return {name: request.args[name] for name in names if request.args.get(name)}
