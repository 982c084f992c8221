"""The filter's form: every field, each with is, is not, empty and not empty.

What is chosen comes as a form and goes on as a clean address, so that it can be shared. What is typed to search for is
sealed on the way (queries/filtering.py).
"""

from typing import Any
from urllib.parse import parse_qsl

from flask import Response, g, request

from app.core.fragments import redirect_to
from app.core.ids import parse_id
from app.core.permissions import permit
from app.leads.queries.choices import filter_choices
from app.leads.queries.filtering import LeadFilter
from app.leads.queries.ordering import Ordering
from app.leads.views import bp
from app.leads.views.filter_reading import FieldView, fields_of, read_form
from app.leads.views.listing import link
from app.workspaces.layout import desk_or_fragment


@bp.get("/w/<slug>/leads/filter", endpoint="filter_form")
@permit("leads:read")
def filter_form(slug: str) -> Response:
    """The form, filled with what the page is narrowed to: ?query=<its query>&field=<where to begin>."""
    narrowed = LeadFilter.from_pairs(parse_qsl(request.args.get("query", "")))
    return _form(fields_of(narrowed, filter_choices()), request.args, begin=request.args.get("field", ""))


@bp.post("/w/<slug>/leads/filter", endpoint="filter")
@permit("leads:read")
def filter_leads(slug: str) -> Response:
    """Go to the list narrowed as chosen; the form again, with a line beside each field that can't be read."""
    form = request.form
    narrowed, problems = read_form(form)
    if problems:
        return _form(fields_of(narrowed, filter_choices(), form, problems), form, status=422)
    order = Ordering.from_query(dict(parse_qsl(form.get("query", ""))))
    return redirect_to(link(narrowed.as_query(), order, parse_id(form.get("view", ""))))


def _form(groups: dict[str, list[FieldView]], given: Any, *, begin: str = "", status: int = 200) -> Response:
    return desk_or_fragment(
        "leads", "leads/filter.html", "leads/_filter_form.html", status, groups=groups, query=given.get("query", ""),
        view_id=given.get("view", ""), begin=begin, viewer=g.viewer,
    )  # fmt: skip
