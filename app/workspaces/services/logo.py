"""The workspace's logo: one, drawn anew, on its forms, quotes and customers' pages."""

import io
from dataclasses import dataclass

from PIL import Image
from sqlalchemy import delete

from app.core.errors import Invalid
from app.core.events import Event, publish
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.files.services.examining import examine
from app.workspaces.models import Logo

#: px; a logo stands 40 px high on a page, 80 on fine screens, and larger on paper.
LONGEST, HIGHEST = 480, 160
MOST_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class DrawnLogo:
    """A picture drawn anew as a logo: a PNG and its size."""

    image: bytes
    width: int
    height: int


def draw_logo(content: bytes) -> DrawnLogo:
    """What a picture is as a logo. It may take a while: no connection to the database should be held meanwhile.

    It is drawn by the program that looks at all files, so nothing of the upload but its pixels is kept.
    Raises Invalid with the reason beside `logo`.
    """
    if not content:
        raise Invalid({"logo": "Choose a picture first."})
    if len(content) > MOST_BYTES:
        raise Invalid({"logo": "This picture is larger than 5 MB. Make it smaller and send that."})
    try:
        examined = examine(content)
    except Invalid as error:
        raise Invalid({"logo": error.errors["file"]}) from None
    if examined.kind != "photo":
        raise Invalid({"logo": "This is no picture. Send a PNG or a JPEG."})
    image, (width, height) = _drawn(examined.content)
    return DrawnLogo(image, width, height)


def set_logo(drawn: DrawnLogo, actor: Actor) -> Logo:
    """Keep a picture as the logo, in place of the one before, and return it."""
    db.session.execute(delete(Logo).where(Logo.workspace_id == current_workspace_id()))
    logo = Logo(image=drawn.image, width=drawn.width, height=drawn.height)
    db.session.add(logo)
    db.session.flush()
    _tell("workspace.logo_changed", actor)
    return logo


def remove_logo(actor: Actor) -> None:
    """Show the initials again. Does nothing when there is no logo."""
    gone = db.session.execute(delete(Logo).where(Logo.workspace_id == current_workspace_id()))
    if gone.rowcount:
        _tell("workspace.logo_removed", actor)


def _drawn(content: bytes) -> tuple[bytes, tuple[int, int]]:
    """The picture as a PNG that fits. What comes here was encoded by ourselves a moment ago."""
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
        image.thumbnail((LONGEST, HIGHEST), Image.Resampling.LANCZOS)
        target = io.BytesIO()
        image.convert("RGBA" if image.mode == "RGBA" else "RGB").save(target, "PNG", optimize=True)
        return target.getvalue(), image.size


def _tell(name: str, actor: Actor) -> None:
    workspace_id = current_workspace_id()
    publish(Event(name, workspace_id, actor, "workspace", workspace_id))
