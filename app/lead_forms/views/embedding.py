"""What a website loads to show the form: one small script, and the colours of the workspace."""

import math
import re
from functools import lru_cache
from pathlib import Path

from flask import Response, current_app, request
from markupsafe import Markup
from werkzeug.utils import safe_join

from app.core.errors import NotFound
from app.lead_forms.services import open_form
from app.lead_forms.services.content import content_of
from app.lead_forms.views import bp
from app.lead_forms.views.frame import SCHEMES

_FIVE_MINUTES = "public, max-age=300"
_DEFAULT = (205.0, 0.085)
_MOST_CHROMA = 0.12


@bp.get("/q/<key>/embed.js")
def embed(key: str) -> Response:
    """The script for other people's websites. It is the same for every form: it reads the key from its own address."""
    open_form(key)
    path = safe_join(current_app.static_folder or "", "js/public/embed.js")
    if path is None:
        raise NotFound
    with open(path, encoding="utf-8") as file:
        response = Response(file.read(), mimetype="text/javascript")
    return _cacheable(response)


@bp.get("/q/<key>/theme.css")
def theme(key: str) -> Response:
    """The accent as hue and chroma (lightness stays ours, so that contrast holds for any brand).

    The page's own address names the colour (`v`), so that a form, an earlier version of it and a draft in the builder
    each find theirs, without a look into the database. `scheme` holds a framed form to light or dark, so that it does
    not go dark on a website that can't.
    """
    colour = f"#{request.args.get('v', '')}"
    if not is_colour(colour):
        form, workspace = open_form(key)
        colour = content_of(form).accent or workspace.accent
    return _cacheable(Response(theme_css(colour, request.args.get("scheme", "")), mimetype="text/css"))


def theme_css(colour: str, scheme: str) -> str:
    """The two lines of style that make a page its workspace's own. `scheme` is light, dark or ""."""
    hue, chroma = accent_in_oklch(colour)
    css = f":root{{--brand-hue:{hue:.0f};--brand-chroma:{chroma:.3f}}}\n"
    return css + (f":root{{color-scheme:{scheme}}}\n" if scheme in SCHEMES else "")


def style_of(colour: str, scheme: str) -> Markup:
    """Everything that styles a page of the form, to stand in the page itself: a phone far away then needs one round
    trip to the first paint, not two.
    """
    read = _sheets.__wrapped__ if current_app.debug else _sheets
    return Markup(read(current_app.static_folder or "") + theme_css(colour, scheme))  # noqa: S704 - all of it is ours


@lru_cache(maxsize=1)
def _sheets(folder: str) -> str:
    return "".join(Path(folder, "css", "dist", f"{name}.css").read_text("utf-8") for name in ("public", "form"))


def accent_in_oklch(colour: str) -> tuple[float, float]:
    """Hue (0 to 360) and chroma (0 to .12) in OKLCH of a colour like #00686f; Sill's own for anything else.

    Matrices: Björn Ottosson, "A perceptual color space for image processing" (2020).
    """
    if not is_colour(colour):
        return _DEFAULT
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return math.degrees(math.atan2(b, a)) % 360, min(_MOST_CHROMA, math.hypot(a, b))


def is_colour(text: str) -> bool:
    """Whether a text is a colour like #00686f."""
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _cacheable(response: Response) -> Response:
    response.headers["Cache-Control"] = _FIVE_MINUTES
    response.add_etag()
    return response.make_conditional(request)
