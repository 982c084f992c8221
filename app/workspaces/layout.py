"""What every page of the desk needs besides its own content."""

from typing import Any

from flask import g

from app.workspaces.queries import badge_counts


def desk(nav: str) -> dict[str, Any]:
    """Values for layouts/desk.html; `nav` is the entry of the sidebar that is lit (board, leads, squeegee, ...)."""
    return {"workspace": g.workspace, "viewer": g.viewer, "nav": nav, "counts": badge_counts()}
