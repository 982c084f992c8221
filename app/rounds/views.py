"""The page of rounds and closures in the settings, with the weeks that come of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.permissions import permit
from app.rounds import services
from app.rounds.forms import read_closure, read_round
from app.rounds.queries import closures, next_days, next_weeks, rounds
from app.rounds.words import often, short_day
from app.workspaces.layout import desk
from app.workspaces.queries import current_workspace, today_here

bp = Blueprint("rounds", __name__)

#: How the names of rounds are told apart by eye.
HUES = ("blue", "orange", "green", "violet", "pink", "cyan", "amber", "crimson", "teal", "indigo", "lime", "slate")
_WEEKS_SHOWN = 8


@bp.get("/w/<slug>/settings/rounds")
@permit("settings:read")
def settings(slug: str) -> Response:
    """Rounds, closures, and the next eight weeks."""
    return _page()


@bp.post("/w/<slug>/settings/rounds")
@permit("settings:write")
def add_round(slug: str) -> Response:
    """Add a round."""
    try:
        added = services.add_round(read_round(request.form), web.actor())
    except Invalid as error:
        return _page(422, open_id="new", errors=error.errors)
    return _done(f"{added.name} is on the calendar", added.id)


@bp.get("/w/<slug>/settings/rounds/<uuid:round_id>")
@permit("settings:read")
def round_form(slug: str, round_id: UUID) -> Response:
    """The form of one round, for the row that opens; without scripts the page with that row open."""
    found = next((each for each in rounds() if each.id == round_id), None)
    if found is None:
        abort(404)
    if not wants_fragment() or not g.viewer.can("settings:write"):
        return _page(open_id=str(round_id))
    return answer(fragment("rounds/_body.html", round=found, today=today_here(), **_form_values(str(round_id))))


@bp.post("/w/<slug>/settings/rounds/<uuid:round_id>")
@permit("settings:write")
def change_round(slug: str, round_id: UUID) -> Response:
    """Change a round."""

    def change() -> str:
        changed = services.change_round(round_id, read_round(request.form), _version(), web.actor())
        return f"{changed.name} is saved"

    return _act(round_id, change)


@bp.post("/w/<slug>/settings/rounds/<uuid:round_id>/delete")
@permit("settings:write")
def delete_round(slug: str, round_id: UUID) -> Response:
    """Delete a round."""
    return _act(round_id, lambda: f"{services.delete_round(round_id, _version(), web.actor())} is deleted")


@bp.post("/w/<slug>/settings/closures")
@permit("settings:write")
def add_closure(slug: str) -> Response:
    """Close on some days."""
    try:
        added = services.add_closure(read_closure(request.form), web.actor())
    except Invalid as error:
        return _page(422, open_id="closure", errors=error.errors)
    flash(f"Closed for {added.name}", "good")
    return redirect_to(url_for("rounds.settings", _anchor="closures"))


@bp.post("/w/<slug>/settings/closures/<uuid:closure_id>/delete")
@permit("settings:write")
def delete_closure(slug: str, closure_id: UUID) -> Response:
    """Open again."""
    flash(f"{services.delete_closure(closure_id, web.actor())} is deleted: rounds go on those days again", "good")
    return redirect_to(url_for("rounds.settings", _anchor="closures"))


def _act(round_id: UUID, act: Callable[[], str]) -> Response:
    try:
        words = act()
    except Invalid as error:
        return _page(422, open_id=str(round_id), errors=error.errors)
    except Conflict as error:
        return _page(409, open_id=str(round_id), conflict=error.message)
    return _done(words, round_id)


def _done(words: str, round_id: UUID) -> Response:
    flash(words, "good")
    return redirect_to(url_for("rounds.settings", _anchor=f"round-{round_id}"))


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _page(
    status: int = 200, *, open_id: str = "", errors: dict[str, str] | None = None, conflict: str = ""
) -> Response:
    today = today_here()
    listed = rounds()
    reached = {area.partition(" ")[0] for each in listed if each.is_active for area in each.areas}
    return page(
        "rounds/page.html", status, **desk("settings"), settings_page="rounds", rounds=listed,
        hues={each.name: f"hue-{HUES[at % len(HUES)]}" for at, each in enumerate(listed)},
        next_days=next_days(listed, today), closures=closures(today), today=today, begins=_next_open(today),
        may_write=g.viewer.can("settings:write"),
        weeks=next_weeks(today - timedelta(days=today.weekday()), _WEEKS_SHOWN),
        left_out=[each for each in current_workspace().service_districts if each not in reached],
        **_form_values(open_id, errors, conflict),
    )  # fmt: skip


def _next_open(today: date) -> date:
    """The next day on which the business works, for a round that has no first day yet."""
    clock = current_workspace().clock()
    week = (today + timedelta(days=each) for each in range(7))
    return next(filter(clock.is_working_day, week), today)


def _form_values(open_id: str, errors: dict[str, str] | None = None, conflict: str = "") -> dict[str, Any]:
    return {
        "open_id": open_id, "errors": errors or {}, "typed": request.form, "conflict": conflict, "often": often,
        "short_day": short_day,
    }  # fmt: skip
