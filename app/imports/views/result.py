"""One import: its findings, its progress, what came of it, and taking it back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, g, make_response, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import redirect_to
from app.core.permissions import permit
from app.extensions import db
from app.imports import services
from app.imports.queries import import_page, is_worked_on, rows_page
from app.imports.queries.showing import FINDINGS, ImportView, in_short, names_of
from app.imports.views import bp
from app.imports.words import problem_words
from app.workspaces.layout import desk_or_fragment
from app.workspaces.queries import today_here

_ROWS = 30


@bp.get("/w/<slug>/imports/<uuid:import_id>")
@permit("leads:import")
def show(slug: str, import_id: UUID) -> Response:
    """How an import stands: its dry run, its progress, or what came of it."""
    return _show(import_id)


@bp.post("/w/<slug>/imports/<uuid:import_id>/run")
@permit("leads:import")
def run(slug: str, import_id: UUID) -> Response:
    """Bring the rows in."""
    return _act(import_id, services.run)


@bp.post("/w/<slug>/imports/<uuid:import_id>/undo")
@permit("leads:import")
def undo(slug: str, import_id: UUID) -> Response:
    """Take back what an import has brought in, as far as nobody has worked on it since."""
    return _act(import_id, services.undo)


@bp.post("/w/<slug>/imports/<uuid:import_id>/cancel")
@permit("leads:import")
def cancel(slug: str, import_id: UUID) -> Response:
    """Call it off."""
    return _act(import_id, services.cancel)


@bp.get("/w/<slug>/imports/<uuid:import_id>/problems.csv")
@permit("leads:import")
def problems(slug: str, import_id: UUID) -> Response:
    """The rows that can't be brought in, as they stood in the file, each with the reason."""
    response = make_response(services.problem_file(import_id, web.actor()))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="not-imported-{today_here().isoformat()}.csv"'
    return response


def _act(import_id: UUID, act: Callable[..., Any]) -> Response:
    try:
        act(import_id, web.actor())
    except (Conflict, Invalid) as error:
        db.session.rollback()
        words = next(iter(error.errors.values())) if isinstance(error, Invalid) else error.message
        return _show(import_id, words, 409 if isinstance(error, Conflict) else 422)
    return redirect_to(url_for("imports.show", import_id=import_id))


def _show(import_id: UUID, refused: str = "", status: int = 200) -> Response:
    view = ImportView.of(import_page(import_id))
    tabs = view.tabs
    asked = request.args.get("show", "")
    chosen = asked if asked in [key for key, _, _ in tabs] else _first(tabs)
    after = request.args.get("after", 0, type=int)
    by_finding = chosen in [key for key, _ in FINDINGS]
    rows, next_after = [], None
    if chosen and not view.is_going_on:
        narrowed = {"finding": chosen} if by_finding else {"outcome": chosen}
        found = rows_page(import_id, **narrowed, after=max(after, 0), most=_ROWS)
        rows, next_after = in_short(view, found.rows), found.after
    values = {
        "view": view, "tabs": tabs, "chosen": chosen, "rows": rows, "after": after, "next_after": next_after,
        "refused": refused, "viewer": g.viewer, "problem_words": problem_words,
        "by": names_of([view.by]).get(view.by, ""),
        "stands_still": view.is_going_on and not is_worked_on(import_id),
    }  # fmt: skip
    return desk_or_fragment("leads", "imports/show.html", "imports/_standing.html", status, **values)


def _first(tabs: list[tuple[str, str, int]]) -> str:
    """What is shown first: what needs a look, or else whatever there is."""
    keys = [key for key, _, _ in tabs]
    return next((key for key in ("invalid", "failed", "kept", "remarked", *keys) if key in keys), "")
