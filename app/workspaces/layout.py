"""What every page of the desk needs besides its own content."""

from typing import Any

from flask import Response, g, url_for

from app.core import phones
from app.core.fragments import answer, fragment, page, wants_fragment
from app.workspaces.queries import current_workspace
from app.workspaces.queries.badges import badge_counts
from app.workspaces.queries.logo import known_face


def desk(nav: str) -> dict[str, Any]:
    """Values for layouts/desk.html; `nav` is the entry of the sidebar that is lit (board, leads, squeegee, ...)."""
    return {"workspace": g.workspace, "viewer": g.viewer, "nav": nav, "counts": badge_counts()}


def desk_or_fragment(nav: str, page_name: str, fragment_name: str, status: int = 200, **values: Any) -> Response:
    """One URL, two sizes: a page of the desk for a browser, its main part for htmx, which needs no sidebar counted."""
    if wants_fragment():
        return answer(fragment(fragment_name, **values), status=status)
    return page(page_name, status, **{**desk(nav), **values})


def firm_page() -> dict[str, Any]:
    """Values for layouts/public.html of the pages behind links: the business's name, logo, colour and telephone.

    `phone` is (E.164, as written), None without a number that can be read.
    """
    workspace = current_workspace()
    key, logo = known_face()
    number = phones.parse(workspace.phone)
    return {
        "workspace": workspace, "tagline": workspace.tagline, "logo": logo, "logo_key": key,
        "theme_url": url_for("lead_forms.theme", key=key, v=workspace.accent.lstrip("#")) if key else None,
        "phone": (number.e164, number.national) if number else None,
    }  # fmt: skip


def private(response: Response) -> Response:
    """A link that is its reader's whole authority goes into no search engine, no cache and no other site's log."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
