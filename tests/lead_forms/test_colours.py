"""Whatever colour a business has, its buttons can be read: lightness is ours, hue and chroma are theirs."""

import math
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.config import ROOT
from app.lead_forms.views.embedding import accent_in_oklch

TOKENS = Path(ROOT, "static/css/tokens.css").read_text()
ENOUGH = 4.5  # WCAG 2.2, 1.4.3


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """Relative luminance of an OKLCH colour, cut off at what a screen can show."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, each)) for each in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    """The ratio of two luminances, the lighter above."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def lightness_of(token: str) -> list[float]:
    """The lightnesses of a token: in the light, then in the dark."""
    line = next(line for line in TOKENS.splitlines() if line.strip().startswith(f"{token}:"))
    return [float(each) for each in re.findall(r"oklch\((\.\d+)", line)]


@given(st.tuples(*[st.integers(0, 255)] * 3))
@settings(max_examples=60, deadline=None)
def test_any_colour_can_be_read_on(rgb: tuple[int, int, int]) -> None:
    hue, chroma = accent_in_oklch("#{:02x}{:02x}{:02x}".format(*rgb))
    light, dark = lightness_of("--accent")
    (on_dark,) = lightness_of("--on-accent")  # in the light it is white
    assert contrast(luminance(light, chroma, hue), 1.0) >= ENOUGH
    assert contrast(luminance(dark, chroma + 0.005, hue - 5), luminance(on_dark, 0.02, 225)) >= ENOUGH
