"""What a line of the bell says about an export that has ended."""

from collections.abc import Mapping
from typing import Any

from app.notifications.words.line import Line


def export_done(data: Mapping[str, Any], who: str | None) -> Line:
    """A file of leads that was made in the background."""
    if data.get("state") == "failed":
        return Line("triangle-alert", "An export has stopped", detail="Look at it and try it again", names_lead=False)
    count = int(data.get("leads", 0))
    leads = "1 lead" if count == 1 else f"{count:,} leads"
    return Line("download", f"Your export of {leads} is ready", detail="Kept for 7 days", names_lead=False)
