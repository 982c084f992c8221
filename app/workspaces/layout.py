"""What every page of the desk needs besides its own content."""

from typing import Any

from flask import Response, g

from app.core.fragments import answer, fragment, page, wants_fragment
from app.workspaces.queries.badges import badge_counts


def desk(nav: str) -> dict[str, Any]:
    """Values for layouts/desk.html; `nav` is the entry of the sidebar that is lit (board, leads, squeegee, ...)."""
    return {"workspace": g.workspace, "viewer": g.viewer, "nav": nav, "counts": badge_counts()}


def desk_or_fragment(nav: str, page_name: str, fragment_name: str, status: int = 200, **values: Any) -> Response:
    """One URL, two sizes: a page of the desk for a browser, its main part for htmx, which needs no sidebar counted."""
    if wants_fragment():
        return answer(fragment(fragment_name, **values), status=status)
    return page(page_name, status, **{**desk(nav), **values})
