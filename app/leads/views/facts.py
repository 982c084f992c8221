"""Facts edited in place: a fact, its form, and the two answers side by side when someone was quicker."""

from uuid import UUID

from flask import Response, abort, g, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, redirect_to, wants_fragment
from app.core.permissions import permit
from app.leads.queries.detail import LeadDetail, lead_detail
from app.leads.services import FACTS, change_fact
from app.leads.views import bp
from app.leads.views.drawer import fact_choices
from app.workspaces.layout import desk_or_fragment


@bp.get("/w/<slug>/leads/<uuid:lead_id>/facts/<field>")
@permit("leads:write")
def fact(slug: str, lead_id: UUID, field: str) -> Response:
    """The form for one fact; with `?shown` the fact itself again."""
    _known(field)
    detail = lead_detail(lead_id)
    if "shown" in request.args:
        return _shown(detail, field)
    return _form(detail, field, detail.fact(field).value, detail.fact(field).value)


@bp.post("/w/<slug>/leads/<uuid:lead_id>/facts/<field>")
@permit("leads:write")
def change(slug: str, lead_id: UUID, field: str) -> Response:
    """Change the fact: shown again, or 422 with the form, or 409 with both versions."""
    _known(field)
    typed, was = request.form.get("value", "")[:5000], request.form.get("was", "")
    try:
        change_fact(lead_id, field, typed, was, web.actor(), may_assign=g.viewer.can("leads:assign"))
    except Invalid as invalid:
        return _form(lead_detail(lead_id), field, typed, was, error=invalid.errors[field], status=422)
    except Conflict as conflict:
        return _conflict(lead_id, field, conflict)
    if not wants_fragment():
        return redirect_to(url_for("leads.show", lead_id=lead_id))
    return _shown(lead_detail(lead_id), field)


def _known(field: str) -> None:
    if field not in FACTS:
        abort(404)


def _shown(detail: LeadDetail, field: str) -> Response:
    facts_url = url_for("leads.show", lead_id=detail.id) + "/facts/"
    return answer(
        fragment("leads/_fact.html", detail=detail, view=detail.fact(field), may_edit=True, facts_url=facts_url)
    )


def _form(
    detail: LeadDetail, field: str, typed: str, was: str, *, error: str | None = None, status: int = 200
) -> Response:
    values = {
        "detail": detail, "fact": FACTS[field], "typed": typed, "was": was, "error": error,
        "choices": fact_choices(detail, field) if FACTS[field].kind in ("choice", "member") else [],
    }  # fmt: skip
    return desk_or_fragment("leads", "leads/fact.html", "leads/_fact_form.html", status, **values)


def _conflict(lead_id: UUID, field: str, conflict: Conflict) -> Response:
    details = conflict.details
    detail = lead_detail(lead_id)
    choices = dict(fact_choices(detail, field)) if FACTS[field].kind in ("choice", "member") else {}
    values = {
        "fact": FACTS[field], "mine": details["mine"], "theirs": details["theirs"], "was": details["was"],
        "words": {key: choices.get(details[key], details[key]) for key in ("mine", "theirs", "was")},
        "action_url": url_for("leads.change", lead_id=lead_id, field=field),
    }  # fmt: skip
    return desk_or_fragment("leads", "leads/fact_conflict.html", "leads/_fact_conflict.html", 409, **values)
