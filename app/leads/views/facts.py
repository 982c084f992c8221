"""Facts edited in place: a line, its form, and the versions side by side when someone was quicker."""

from typing import Any
from uuid import UUID

from flask import Response, abort, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.permissions import permit
from app.leads.queries.detail import LeadDetail, lead_detail
from app.leads.queries.faces import FACE_OF, FACES, Face, face_view
from app.leads.queries.facts import Fact, read_out
from app.leads.services.facts import Typed, change_facts
from app.leads.views import bp
from app.leads.views.drawer import fact_choices, more_of
from app.workspaces.layout import desk_or_fragment

_LONGEST = 5_000


@bp.get("/w/<slug>/leads/<uuid:lead_id>/more")
@permit("leads:read")
def more_facts(slug: str, lead_id: UUID) -> Response:
    """The facts that are folded away, with what Sill keeps by itself."""
    detail = lead_detail(lead_id)
    if not wants_fragment():
        return redirect_to(url_for("leads.page", lead_id=lead_id))
    lead_url = url_for("leads.show", lead_id=lead_id)
    values = {"lead_id": lead_id, "lead_url": lead_url, "facts_url": f"{lead_url}/facts/", **more_of(detail)}
    return answer(fragment("leads/_more_facts.html", may_edit=g.viewer.can("leads:write"), **values))


@bp.get("/w/<slug>/leads/<uuid:lead_id>/facts/<field>")
@permit("leads:write")
def fact(slug: str, lead_id: UUID, field: str) -> Response:
    """The form for one line of facts; with `?shown` the line itself again."""
    face, detail = _known(field), lead_detail(lead_id)
    if "shown" in request.args:
        return _shown(detail, face)
    standing = {each.name: detail.fact(each.name).value for each in face.facts}
    return _form(detail, face, {name: Typed(value, value) for name, value in standing.items()})


@bp.post("/w/<slug>/leads/<uuid:lead_id>/facts/<field>")
@permit("leads:write")
def change(slug: str, lead_id: UUID, field: str) -> Response:
    """Change the facts: the line again, or 422 with the form, or 409 with both versions of what clashes."""
    face = _known(field)
    typed = _typed(face)
    try:
        change_facts(lead_id, typed, web.actor(), may_assign=g.viewer.can("leads:assign"))
    except Invalid as invalid:
        return _form(lead_detail(lead_id), face, typed, errors=invalid.errors, status=422)
    except Conflict as conflict:
        return _conflict(lead_id, face, typed, conflict.details["conflicts"])
    if not wants_fragment():
        return redirect_to(url_for("leads.show", lead_id=lead_id))
    return _shown(lead_detail(lead_id), face)


def _known(field: str) -> Face:
    if field not in FACES:
        abort(404)
    return FACES[field]


def _typed(face: Face) -> dict[str, Typed]:
    """What the form sent: `value` and `was` of a fact alone, `<fact>` and `was_<fact>` of several together."""
    form = request.form
    if len(face.facts) == 1:
        return {face.facts[0].name: Typed(",".join(form.getlist("value"))[:_LONGEST], form.get("was", ""))}
    sent = [each.name for each in face.facts if f"was_{each.name}" in form]
    return {name: Typed(",".join(form.getlist(name))[:_LONGEST], form[f"was_{name}"]) for name in sent}


def _shown(detail: LeadDetail, face: Face) -> Response:
    """The line that shows the fact, also when the fact was asked for by itself."""
    face = FACE_OF.get(face.name, face)
    return answer(
        fragment(
            "leads/_fact.html", face=face_view(detail, face), lead_id=detail.id, may_edit=True,
            facts_url=url_for("leads.show", lead_id=detail.id) + "/facts/", is_saved=request.method == "POST",
        )
    )  # fmt: skip


def _form(
    detail: LeadDetail, face: Face, typed: dict[str, Typed], *, errors: dict[str, str] | None = None, status: int = 200
) -> Response:
    values = {
        "detail": detail, "face": face, "typed": typed, "errors": errors or {},
        "choices": {each.name: fact_choices(each.name) for each in face.facts},
    }  # fmt: skip
    return desk_or_fragment("leads", "leads/fact.html", "leads/_fact_form.html", status, **values)


def _conflict(lead_id: UUID, face: Face, typed: dict[str, Typed], conflicts: list[dict[str, Any]]) -> Response:
    clashing = {each["fact"].name for each in conflicts}
    values = {
        "face": face, "conflicts": [{**each, **_read(each)} for each in conflicts],
        "rest": {name: each for name, each in typed.items() if name not in clashing},
        "action_url": url_for("leads.change", lead_id=lead_id, field=face.name), "lead_id": lead_id,
    }  # fmt: skip
    return desk_or_fragment("leads", "leads/fact_conflict.html", "leads/_fact_conflict.html", 409, **values)


def _read(conflict: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The three versions as people read them."""
    fact: Fact = conflict["fact"]
    names = dict(fact_choices(fact.name)) if fact.is_picked else {}
    words = {key: names.get(conflict[key]) or read_out(fact, conflict[key]) for key in ("mine", "theirs", "was")}
    return {"words": words}
