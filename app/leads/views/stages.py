"""The settings of the pipeline: its stages, their order, what follows in each, and retiring them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, flash_with_undo, fragment, page, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.numbers import whole_number
from app.core.permissions import permit
from app.followups.queries import sequences_by_stage
from app.leads.models import Stage
from app.leads.queries.stages import leads_in_stages, retired_stages, stages
from app.leads.services import retiring
from app.leads.services.stages import (
    COLOURS,
    NEEDED,
    StageFacts,
    add_stage,
    change_stage,
    facts_of,
    order_stages,
)
from app.leads.views import bp
from app.workspaces.layout import desk

_DAYS = "Enter a whole number of days, or leave it empty."


@bp.get("/w/<slug>/settings/stages")
@permit("settings:read")
def stage_settings(slug: str) -> Response:
    """All stages in order, each with its form, and those that were retired."""
    return _page()


@bp.get("/w/<slug>/settings/stages/retired", endpoint="retired_stages")
@permit("settings:read")
def retired(slug: str) -> Response:
    """The retired stages, with how far their leads have got."""
    if not wants_fragment():
        return redirect_to(_home())
    return answer(fragment("leads/stages/_retired.html", **_retired()))


@bp.post("/w/<slug>/settings/stages", endpoint="add_stage")
@permit("settings:write")
def add(slug: str) -> Response:
    """Add a stage."""
    try:
        stage = add_stage(_facts(), web.actor())
    except Invalid as error:
        return _page(422, open_id="new", errors=error.errors)
    flash(f"{stage.name} is on the board", "good")
    return redirect_to(_home(stage.id))


@bp.get("/w/<slug>/settings/stages/<uuid:stage_id>")
@permit("settings:read")
def stage_form(slug: str, stage_id: UUID) -> Response:
    """The form of one stage, for the row that opens; without scripts the page with that row open."""
    stage = next((each for each in stages() if each.id == stage_id), None)
    if stage is None:
        abort(404)
    if not wants_fragment() or not g.viewer.can("settings:write"):
        return _page(open_id=str(stage_id))
    group = [each for each in stages() if each.is_final == stage.is_final]
    leads = leads_in_stages().get(stage_id, 0)
    values = _form_values(open_id=str(stage_id), in_use=[stage])
    return answer(fragment("leads/stages/_body.html", stage=stage, group=group, leads=leads, **values))


@bp.post("/w/<slug>/settings/stages/<uuid:stage_id>", endpoint="change_stage")
@permit("settings:write")
def change_one(slug: str, stage_id: UUID) -> Response:
    """Change a stage."""
    try:
        stage = change_stage(stage_id, _facts(), request.form.get("version", 0, type=int), web.actor())
    except Invalid as error:
        return _page(422, open_id=str(stage_id), errors=error.errors)
    except Conflict as error:
        return _page(409, open_id=str(stage_id), conflict=error)
    flash("Saved", "good")
    return redirect_to(_home(stage.id))


@bp.post("/w/<slug>/settings/stages/order", endpoint="order_stages")
@permit("settings:write")
def reorder(slug: str) -> Response:
    """Put the stages into the order sent, `instead_of` the one it is taken back from; or move one a `step`."""
    bare = request.accept_mimetypes.best == "text/plain"
    moved, step = parse_id(request.values.get("stage", "")), request.values.get("step", 0, type=int)
    try:
        ordered = order_stages(_wanted_order(moved, step), web.actor(), instead_of=_ids("instead_of"))
    except Conflict as error:
        return Response(error.message, 409, mimetype="text/plain") if bare else _page(409, conflict=error)
    if bare:
        return Response(status=204)
    name = next((stage.name for stage in ordered if stage.id == moved), None)
    if name and "back" in request.args:
        flash(f"{name} is back in its place", "good")
    elif name and step:
        undo_url = url_for("leads.order_stages", stage=moved, step=-step, back=1)
        flash_with_undo(f"{name} is moved {'up' if step < 0 else 'down'}", undo_url)
    return redirect_to(_home(moved))


@bp.post("/w/<slug>/settings/stages/<uuid:stage_id>/retire", endpoint="retire_stage")
@permit("settings:write")
def retire(slug: str, stage_id: UUID) -> Response:
    """Take a stage off the board; its leads move on to another."""
    try:
        stage = retiring.retire_stage(stage_id, parse_id(request.form.get("to", "")), web.actor())
    except Invalid as error:
        return _page(422, open_id=str(stage_id), errors=error.errors)
    flash(_on_their_way(stage) or f"{stage.name} is retired", "good")
    return redirect_to(f"{_home()}#retired")


@bp.post("/w/<slug>/settings/stages/<uuid:stage_id>/bring-back", endpoint="bring_back_stage")
@permit("settings:write")
def bring_back(slug: str, stage_id: UUID) -> Response:
    """Put a retired stage back on the board."""
    try:
        stage = retiring.bring_back_stage(stage_id, web.actor())
    except Invalid as error:
        return _page(422, errors=error.errors)
    flash(f"{stage.name} is back on the board", "good")
    return redirect_to(_home(stage.id))


def _on_their_way(stage: Stage) -> str:
    """What to say while the leads of a stage still move on; nothing when none do."""
    act = next((each for each in retiring.moving_on() if each.parameters["retired_stage_id"] == str(stage.id)), None)
    if act is None:
        return ""
    to = next(each.name for each in stages() if str(each.id) == act.parameters["to"])
    leads = "1 lead is on its way" if act.total == 1 else f"{act.total:,} leads are on their way"
    return f"Retiring {stage.name}: {leads} to {to}"


def _home(stage_id: UUID | None = None) -> str:
    return url_for("leads.stage_settings", _anchor=f"stage-{stage_id}" if stage_id else None)


def _facts() -> StageFacts:
    """What was typed about a stage. Raises Invalid for days that are no number."""
    form = request.form
    typed = form.get("follow_up_days", "").strip()
    days = whole_number(typed, 9_999)
    if typed and days is None:
        raise Invalid({"follow_up_days": _DAYS})
    return StageFacts(
        name=" ".join(form.get("name", "").split()), description=" ".join(form.get("description", "").split()),
        colour=form.get("colour", ""), follow_up_days=days, is_final="is_final" in form,
    )  # fmt: skip


def _ids(name: str) -> list[UUID]:
    return [each for text in request.form.getlist(name) if (each := parse_id(text))]


def _wanted_order(moved: UUID | None, step: int) -> list[UUID]:
    if moved is None:
        return _ids("order")
    ids = [stage.id for stage in stages()]
    if moved in ids:
        at = ids.index(moved)
        ids.insert(min(max(0, at + step), len(ids)), ids.pop(at))
    return ids


def _page(
    status: int = 200, *, open_id: str = "", errors: dict[str, str] | None = None, conflict: Conflict | None = None
) -> Response:
    """The page; the form of `open_id` stands open and shows what was typed into it."""
    in_use = stages()
    return page(
        "leads/stages/page.html", status, **desk("settings"), **_retired(), settings_page="stages",
        groups=[[stage for stage in in_use if stage.is_final == final] for final in (False, True)],
        lead_counts=leads_in_stages(), **_form_values(open_id, in_use, errors, conflict),
    )  # fmt: skip


def _form_values(
    open_id: str, in_use: Sequence[Stage], errors: dict[str, str] | None = None, conflict: Conflict | None = None
) -> dict[str, Any]:
    """What the form of a stage shows: what is stored, or where it was refused what was typed and why."""
    theirs = conflict.details.get("now") if conflict else None
    return {
        "facts": {stage.id: facts_of(stage) for stage in in_use}, "plans": sequences_by_stage(), "needed": NEEDED,
        "colours": list(COLOURS), "open_id": open_id, "errors": errors or {}, "typed": request.form,
        "conflict": conflict.message if conflict else "", "theirs": facts_of(theirs) if theirs else None,
    }  # fmt: skip


def _retired() -> dict[str, Any]:
    acts = {act.parameters["retired_stage_id"]: act for act in retiring.moving_on()}
    return {"retired": retired_stages(), "acts": acts, "may_write": g.viewer.can("settings:write")}
