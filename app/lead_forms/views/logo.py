"""The workspace's logo, for everybody."""

from flask import Response

from app.core.errors import NotFound
from app.lead_forms.queries import enter_workspace_of
from app.lead_forms.views import bp
from app.workspaces.queries.logo import logo_image

_YEAR = "public, max-age=31536000, immutable"


@bp.get("/q/<key>/logo.png")
def logo(key: str) -> Response:
    """The logo of the form's workspace. Its address says which one (`v`), so what is kept of it stays right."""
    enter_workspace_of(key)
    image = logo_image()
    if image is None:
        raise NotFound
    return Response(image, mimetype="image/png", headers={"Cache-Control": _YEAR})
