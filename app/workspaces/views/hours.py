"""The page of hours: when the business is open, when texts may come, how often one is written to, who is told."""

from typing import Any

from flask import Response, abort, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.core.permissions import permit
from app.workspaces import services
from app.workspaces.forms import read_section
from app.workspaces.layout import desk
from app.workspaces.queries import current_workspace
from app.workspaces.queries.hours import coming_days_off, hours_values, open_words
from app.workspaces.services.settings import HOURS_SECTIONS
from app.workspaces.views.settings import bp

_SWITCHES = ("texts_back_missed_calls", "tracks_opens", *(f"open_{day}" for day in range(7)))


@bp.get("/w/<slug>/settings/hours")
@permit("settings:read")
def hours(slug: str) -> Response:
    """When the business works, and what follows from it."""
    return _page()


@bp.post("/w/<slug>/settings/hours")
@permit("settings:write")
def change_hours(slug: str) -> Response:
    """Store one section of the page."""
    section = request.form.get("section", "")
    if section not in HOURS_SECTIONS:
        abort(400)
    try:
        values = read_section(section, request.form)
        services.change_settings(current_workspace(), section, values, request.form.get("seen", ""), web.actor())
    except Invalid as error:
        return _page(422, section, errors=error.errors)
    except Conflict as error:
        return _page(409, section, conflict=error.message)
    flash("Saved", "good")
    return redirect_to(url_for("workspaces.hours", slug=g.workspace.slug, _anchor=section))


def _page(
    status: int = 200, section: str = "", *, errors: dict[str, str] | None = None, conflict: str = ""
) -> Response:  # fmt: skip
    workspace = current_workspace()
    stored = hours_values(workspace)
    marks = {name: services.seen_mark(workspace, fields) for name, fields in HOURS_SECTIONS.items()}
    if errors:  # who mends a slip has seen no more than before
        marks[section] = request.form.get("seen", "")
    return page(
        "workspaces/hours.html", status, **desk("settings"), settings_page="hours", section=section, stored=stored,
        values=_shown(stored) if section else stored, errors=errors or {}, conflict=conflict,
        marks=marks, may_write=g.viewer.can("settings:write"), now=open_words(workspace), days_off=coming_days_off(),
    )  # fmt: skip


def _shown(stored: dict[str, Any]) -> dict[str, Any]:
    """What was typed stands in place of what is stored; a switch that was sent with its section and is off, is off."""
    typed = request.form.to_dict()
    switches = {name: name in typed for name in _SWITCHES if _of(name) == typed.get("section")}
    return {name: switches.get(name, typed.get(name, value)) for name, value in stored.items()}


def _of(switch: str) -> str:
    return {"texts_back_missed_calls": "texts", "tracks_opens": "tracking"}.get(switch, "hours")
