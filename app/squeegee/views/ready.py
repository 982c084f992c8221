"""One lead of the queue: its card, mending what it lacks in place, handing it over."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid, NotFound
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.ids import parse_id
from app.core.permissions import permit
from app.extensions import db
from app.leads.queries.detail import lead_detail
from app.leads.queries.faces import FACES, Face
from app.leads.queries.facts import Fact, read_out
from app.leads.services import get_lead
from app.leads.services.facts import Typed, change_facts
from app.reconciliation.services.pairing import say_whether_same
from app.squeegee import queries, services, words
from app.squeegee.forms import read_date
from app.squeegee.views import bp
from app.squeegee.views.lead import panel_answer
from app.workspaces.layout import desk_or_fragment

_LONGEST = 5_000


@bp.get("/w/<slug>/squeegee/ready/<uuid:lead_id>")
@permit("leads:read")
def card(slug: str, lead_id: UUID) -> Response:
    """The card of a lead that waits; with `?mend=<face>` and the form for what it lacks."""
    name = request.args.get("mend", "")
    return card_answer(lead_id, mending=_form(lead_id, _known(name)) if name else None)


@bp.post("/w/<slug>/squeegee/ready/<uuid:lead_id>/mend/<face>")
@permit("leads:write")
def mend(slug: str, lead_id: UUID, face: str) -> Response:
    """Change the lead's facts of one line: the card again, or 422 with the form, or 409 with both versions."""
    known = _known(face)
    typed = _typed(known)
    try:
        change_facts(lead_id, typed, web.actor(), may_assign=False)
    except Invalid as error:
        db.session.rollback()
        return card_answer(lead_id, mending=_form(lead_id, known, typed, error.errors), status=422)
    except Conflict as error:
        db.session.rollback()
        return card_answer(lead_id, mending=_clash(known, typed, error.details["conflicts"]), status=409)
    if wants_fragment():
        return card_answer(lead_id, mended=known.name)
    return redirect_to(url_for("squeegee.card", lead_id=lead_id))


@bp.post("/w/<slug>/leads/<uuid:lead_id>/hand-over")
@permit("leads:transfer")
def hand_over(slug: str, lead_id: UUID) -> Response:
    """Start the transfer of one lead, from the queue or from the lead's own panel."""
    in_panel = request.form.get("place") == "panel" and wants_fragment()
    answered = panel_answer if in_panel else card_answer
    field = f"first_{lead_id}"
    try:
        day = read_date(request.form, field if field in request.form else "first_service_date")
        transfer = services.hand_over(lead_id, "api", web.actor(), day)
    except (Invalid, Conflict) as error:
        db.session.rollback()
        if isinstance(error, Invalid):
            errors = {"first_service_date" if name == field else name: said for name, said in error.errors.items()}
            return answered(lead_id, errors, status=422)
        return answered(lead_id, {"": error.message}, status=409)
    if wants_fragment():
        return panel_answer(lead_id) if in_panel else card_answer(lead_id, told="On its way to Squeegee.")
    return redirect_to(url_for("squeegee.transfer", transfer_id=transfer.id))


@bp.post("/w/<slug>/squeegee/ready/<uuid:lead_id>/pair")
@permit("leads:transfer")
def pair(slug: str, lead_id: UUID) -> Response:
    """Say whether a customer of Squeegee's last export is this lead: then it counts as entered; or not."""
    place, is_same = request.form.get("place", ""), request.form.get("same") == "yes"
    customer_id = parse_id(request.form.get("customer"))
    if customer_id is None:
        raise NotFound
    try:
        say_whether_same(lead_id, customer_id, is_same, web.actor())
    except Conflict as error:
        db.session.rollback()
        return (panel_answer if place == "panel" else card_answer)(lead_id, {"": error.message}, status=409)
    said = "Noted: they are in Squeegee." if is_same else "Noted: not the same customer."
    if wants_fragment() and place == "panel":
        return panel_answer(lead_id)
    if wants_fragment() and place == "card":
        return card_answer(lead_id, said=said)
    flash(said, "good")
    if place == "sheet" and not is_same:
        return redirect_to(url_for("squeegee.copy_sheet", lead_id=lead_id))
    return redirect_to(url_for("squeegee.queue"))


@bp.post("/w/<slug>/squeegee/ready/<uuid:lead_id>/changed")
@permit("leads:transfer")
def changed(slug: str, lead_id: UUID) -> Response:
    """A person has changed in Squeegee what was agreed anew: the lead goes on where it was."""
    in_panel = request.form.get("place") == "panel"
    try:
        services.note_changed(lead_id, request.form.get("seen", ""), web.actor())
    except Conflict as error:
        db.session.rollback()
        return (panel_answer if in_panel else card_answer)(lead_id, {"": error.message}, status=409)
    said = "Noted: Squeegee says what is agreed now."
    if wants_fragment():
        return panel_answer(lead_id) if in_panel else card_answer(lead_id, said=said)
    flash(said, "good")
    return redirect_to(url_for("leads.show", lead_id=lead_id) if in_panel else url_for("squeegee.queue"))


def card_answer(
    lead_id: UUID, errors: Mapping[str, str] | None = None, *, mending: Mapping[str, Any] | None = None,
    mended: str = "", said: str = "", told: str = "", status: int = 200,
) -> Response:  # fmt: skip
    """The card as an answer; on a page of its own for a browser without scripts. A lead that has moved on says so.

    `said` is for a lead that waits no longer, `told` for one that may still stand there.
    """
    try:
        each, connected = queries.candidate(lead_id)
    except NotFound:
        return _moved_on(lead_id, errors or {}, said or told, status)
    values = {
        "each": each, "is_connected": connected, "errors": {lead_id: errors or {}}, "mending": mending,
        "mended": mended, "said": said, "told": told, "typed": request.form, "words": words, "viewer": g.viewer,
    }  # fmt: skip
    return desk_or_fragment("squeegee", "squeegee/card.html", "squeegee/_card.html", status, **values)


def _moved_on(lead_id: UUID, errors: Mapping[str, str], said: str, status: int) -> Response:
    """The lead is to be seen, and does not wait any more. Raises NotFound when it is not even to be seen."""
    lead = get_lead(lead_id)
    if not wants_fragment() and status == 200:
        return redirect_to(url_for("leads.show", lead_id=lead_id))
    values = {"lead_id": lead_id, "number": lead.number, "errors": errors, "said": said}
    if wants_fragment():
        return answer(fragment("squeegee/_moved_on.html", **values), status=status)
    return desk_or_fragment("squeegee", "squeegee/moved_on.html", "squeegee/_moved_on.html", status, **values)


def _known(name: str) -> Face:
    if name not in queries.MENDING:
        abort(404)
    return FACES[name]


def _typed(face: Face) -> dict[str, Typed]:
    """What the form sent: `value` and `was` of a fact alone, `<fact>` and `was_<fact>` of several together."""
    alone = len(face.facts) == 1
    names = {each.name: ("value", "was") if alone else (each.name, f"was_{each.name}") for each in face.facts}
    return {
        name: Typed(",".join(request.form.getlist(value))[:_LONGEST], request.form[was])
        for name, (value, was) in names.items()
        if was in request.form
    }


def _form(
    lead_id: UUID, face: Face, typed: Mapping[str, Typed] | None = None, errors: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The form of a line as it stands on the lead, or as it was typed with what is wrong with it."""
    detail = lead_detail(lead_id)
    standing = {each.name: detail.fact(each.name).value for each in face.facts}
    return {
        "face": face, "typed": {name: Typed(value, value) for name, value in standing.items()} | dict(typed or {}),
        "errors": errors or {}, "choices": {each.name: _choices(each) for each in face.facts}, "conflicts": [],
    }  # fmt: skip


def _clash(face: Face, typed: Mapping[str, Typed], conflicts: list[dict[str, Any]]) -> dict[str, Any]:
    """The question which version shall stand, fact by fact."""
    clashing = {each["fact"].name for each in conflicts}
    said = [
        {**each, "words": {key: read_out(each["fact"], each[key]) for key in ("mine", "theirs", "was")}}
        for each in conflicts
    ]
    rest = {name: each for name, each in typed.items() if name not in clashing}
    return {"face": face, "conflicts": said, "rest": rest}


def _choices(fact: Fact) -> list[tuple[str, str]]:
    return [(key, read_out(fact, key)) for key in fact.choices]
