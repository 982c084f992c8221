"""What a line of the bell says about an import that has ended."""

from collections.abc import Mapping
from typing import Any

from app.notifications.words.line import Line


def import_done(data: Mapping[str, Any], who: str | None) -> Line:
    """An import, or taking one back, that went on in the background."""
    figures = {key: int(data.get(key, 0)) for key in ("created", "joined", "skipped", "failed", "undone", "kept")}
    if data.get("state") == "undone":
        kept = f"{_leads(figures['kept'])} stayed, since somebody worked on them" if figures["kept"] else ""
        return Line("undo-2", f"Import taken back: {_leads(figures['undone'])} gone", detail=kept, names_lead=False)
    if data.get("state") == "failed":
        return Line("triangle-alert", "An import has stopped", detail="Look at it and go on", names_lead=False)
    parts = (
        (figures["joined"], "joined to leads there were"), (figures["skipped"], "left out"),
        (figures["failed"], "could not be brought in"),
    )  # fmt: skip
    detail = ", ".join(f"{count:,} {words}" for count, words in parts if count)
    return Line("check-check", f"Import done: {_leads(figures['created'])} new", detail=detail, names_lead=False)


def _leads(count: int) -> str:
    return "1 lead" if count == 1 else f"{count:,} leads"
