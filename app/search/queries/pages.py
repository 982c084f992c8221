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
    Page("my_day.day", "My day", "sun", "leads:write", "g d", "due late calls follow-ups today callbacks"),
    Page("messaging.inbox", "Inbox", "inbox", "messages:read", "g i", "answers replies conversations unread"),
    Page("leads.board", "Board", "square-kanban", "leads:read", "g b", "stages columns kanban pipeline"),
    Page("leads.list_leads", "Leads", "list", "leads:read", "g l", "list all table filter"),
    Page("squeegee.queue", "Ready for Squeegee", "paint-roller", "leads:transfer", "g q", "hand over transfer"),
    Page("squeegee.transfers", "Transfers to Squeegee", "paint-roller", "leads:transfer", "", "handed over failed"),
    Page("squeegee.batches", "Files for Squeegee", "paint-roller", "leads:transfer", "", "batches batch csv import"),
    Page("squeegee.bookings", "Bookings from Squeegee", "paint-roller", "leads:read", "", "confirmed first clean date"),
    Page("reconciliation.ledger", "In Squeegee?", "paint-roller", "leads:transfer", "", "compare reconciliation"),
    Page("followups.sequences", "Sequences", "calendar-clock", "messages:read", "g f", "follow-up chase steps nurture"),
    Page("messaging.outbox", "Outbox", "send", "messages:read", "g o", "messages mail email text sms failed"),
    Page("notifications.inbox", "Notifications", "bell", "leads:read", "g n", "told inbox bell mentions"),
    Page("leads.archive", "Archive", "archive", "leads:read", "g a", "put away old"),
    Page("leads.bin", "Bin", "trash-2", "leads:read", "", "deleted removed restore"),
    Page("lead_forms.quarantine", "Held back enquiries", "shield-alert", "leads:write", "", "spam robots quarantine"),
    Page("imports.index", "Import leads", "upload", "leads:import", "", "csv excel notion file bring in"),
    Page("exports.index", "Exports", "download", "leads:import", "", "csv excel files download"),
    Page("workspaces.settings", "Settings", "settings", "settings:read", "g s", "business name logo colours"),
    Page("price_book.prices", "Prices", "pound-sterling", "quotes:read", "", "settings price book list extras"),
    Page("rounds.settings", "Rounds", "truck", "settings:read", "", "settings days calendar closures areas"),
    Page("messaging.sending", "Sending", "send", "settings:write", "", "settings smtp twilio mailbox imap provider"),
    Page("leads.stage_settings", "Stages", "columns-3", "settings:read", "", "settings pipeline follow-up days"),
    Page("messaging.templates", "Templates", "file-text", "settings:read", "", "settings words emails texts"),
    Page("leads.tag_settings", "Tags", "tag", "settings:read", "", "settings labels"),
    Page("reports.follow_ups", "Reports", "chart-column", "reports:read", "g r", "statistics figures replies csv"),
    Page("messaging.opt_outs", "Opt-outs", "mail-x", "messages:read", "", "consent stop unsubscribe suppressed gdpr"),
    Page("workspaces.hours", "Hours and follow-ups", "clock", "settings:read", "", "settings opening quiet alerts"),
    Page("workspaces.settings", "Sharing out", "users", "settings:read", "", "settings assignment owner", "assignment"),
    Page("lead_forms.forms", "Quote forms", "clipboard-list", "settings:read", "", "settings website embed builder qr"),
    Page("workspaces.settings", "Members", "user-plus", "members:read", "", "settings team invite roles", "members"),
    Page("audit.index", "Audit log", "history", "audit:read", "", "settings who did what changes trail security gdpr"),
    Page("accounts.password", "Password", "key-round", "leads:read", "", "account change sign-in security"),
    Page("squeegee.settings", "Squeegee settings", "key-round", "settings:write", "", "connect token mapping"),
)  # fmt: skip


def pages_for(viewer: Viewer) -> list[Page]:
    """The pages that the viewer may go to."""
    return [each for each in PAGES if viewer.can(each.permission)]
