"""Small pieces of markup that pages hold by the hundred: made in Python once, where a macro would be run each time."""

from functools import lru_cache

from markupsafe import Markup, escape

#: The default stages came with hex values, which stand for the same names.
_HUES = {
    "#3b82f6": "blue", "#10b981": "green", "#f59e0b": "amber", "#8b5cf6": "violet", "#f97316": "orange",
    "#ef4444": "red", "#dc2626": "crimson", "#059669": "emerald", "#06b6d4": "cyan", "#6b7280": "grey",
    "#374151": "slate", "#9ca3af": "silver", "#6366f1": "indigo", "#ec4899": "pink", "#84cc16": "lime",
    "#14b8a6": "teal",
}  # fmt: skip
HUES = tuple(_HUES.values())


@lru_cache(maxsize=256)
def hue(colour: str | None) -> str:
    """The class of a stage's colour, given by name or as one of the old hex values; grey for any other."""
    wanted = (colour or "").lower()
    return f"hue-{_HUES.get(wanted, wanted if wanted in HUES else 'grey')}"


@lru_cache(maxsize=256)
def stage_dot(colour: str | None) -> Markup:
    """The dot before a stage's name; empty, so that nobody reads it out."""
    return Markup('<span class="stage-dot {}"></span>').format(hue(colour))


@lru_cache(maxsize=1024)
def stage_badge(colour: str | None, name: str) -> Markup:
    """A stage's dot and name."""
    return Markup('<span class="stage">{}{}</span>').format(stage_dot(colour), name)


@lru_cache(maxsize=1024)
def icon_mark(sprite: str, name: str, label: str | None, class_name: str) -> Markup:
    """An icon of the sprite at that address. Without a label it is decoration beside a word."""
    more = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    classes = f"icon {class_name}" if class_name else "icon"
    return Markup('<svg class="{}"{}><use href="{}#{}"/></svg>').format(classes, more, escape(sprite), name)
