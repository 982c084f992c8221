"""Where one came from to a lead, and the leads before and after it there."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from flask import Response, g, request, url_for

from app.core.fragments import answer, fragment, shown_address
from app.core.ids import parse_id
from app.core.permissions import permit
from app.leads.queries.beside import neighbours, way_of
from app.leads.queries.filtering import LeadFilter
from app.leads.services import get_lead
from app.leads.views import bp

_PAGES = {"board": "leads.board", "list": "leads.list_leads", "day": "my_day.day"}
#: Where the leads stand in an order in which one may go on from one to the next.
_IN_ORDER = ("board", "list")


@dataclass(frozen=True, slots=True)
class Origin:
    """The board or the list as it was narrowed and ordered, or My day. `query` carries it along; blank when one came by
    itself.
    """

    url: str
    query: str
    has_neighbours: bool = False


def came_from() -> Origin:
    """The origin that the address names (`of` with the list's own query), or else that of the page that htmx asks from:
    a board or a list, over which another lead may be open.
    """
    if "origin" not in g:
        g.origin = _origin()
    return g.origin


def _origin() -> Origin:
    kind, pairs = request.args.get("of", ""), list(request.args.items(multi=True))
    if kind not in _PAGES:
        current = urlsplit(shown_address() or "")
        kind = next((name for name, page in _PAGES.items() if current.path == url_for(page)), "")
        pairs = parse_qsl(current.query)
        if not kind and current.path.startswith(url_for("leads.list_leads") + "/"):
            kind = next((value for name, value in pairs if name == "of" and value in _PAGES), "")
        if not kind and f"{current.path}/".startswith(f"{url_for('messaging.inbox')}/"):
            return Origin(current.path, "")  # beside a conversation, which stays open
    if not kind:
        return Origin(url_for("leads.board"), "")
    kept = [(name, value) for name, value in LeadFilter.from_pairs(pairs).as_pairs()]
    sort = next((value[:20] for name, value in pairs if name == "sort"), "")
    view = next((value for name, value in pairs if name == "view" and (value == "all" or parse_id(value))), "")
    own = [*kept, *([("sort", sort)] if sort else []), *([("view", view)] if view else [])]
    back = url_for(_PAGES[kind]) + (f"?{urlencode(own)}" if own else "")
    return Origin(back, urlencode([("of", kind), *own]), kind in _IN_ORDER)


@bp.get("/w/<slug>/leads/<uuid:lead_id>/beside")
@permit("leads:read")
def beside(slug: str, lead_id: UUID) -> Response:
    """Links to the lead before and the lead after this one, in the list or the column that one came from."""
    get_lead(lead_id)
    origin = came_from()
    way = way_of(request.args.get("of", ""), request.args.get("sort", ""))
    narrowed = LeadFilter.from_query(request.args)
    before, after = neighbours(lead_id, narrowed, way) if origin.has_neighbours else (None, None)
    values = {"before": before, "after": after, "query": origin.query, "on_page": "on_page" in request.args}
    return answer(fragment("leads/_beside.html", **values))
