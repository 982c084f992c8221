"""The pages of the desk, as the palette offers them: one list, so that what is missing in it is easily seen."""

from dataclasses import dataclass

from app.core.permissions import Viewer


@dataclass(frozen=True, slots=True)
class Page:
    """Somewhere to go. `also`: other words one may look for it by; `keys`: the way there by keys."""

    endpoint: str
    words: str
    icon: str
    permission: str
    keys: str = ""
    also: str = ""
    anchor: str = ""


PAGES = (
    Page("leads.new", "New lead", "plus", "leads:write", "n", "add enquiry customer create"),
    Page("leads.board", "Board", "square-kanban", "leads:read", "g b", "stages columns kanban pipeline"),
    Page("leads.list_leads", "List of leads", "list", "leads:read", "g l", "all table filter"),
    Page("squeegee.queue", "Ready for Squeegee", "paint-roller", "leads:transfer", "g q", "hand over transfer"),
    Page("messaging.outbox", "Outbox", "send", "messages:read", "g o", "messages mail email text sms failed"),
    Page("lead_forms.quarantine", "Held back enquiries", "shield-alert", "leads:write", "", "spam robots quarantine"),
    Page("workspaces.settings", "Settings", "settings", "settings:read", "g s", "business hours prices form colours"),
)  # fmt: skip


def pages_for(viewer: Viewer) -> list[Page]:
    """The pages that the viewer may go to."""
    return [each for each in PAGES if viewer.can(each.permission)]
