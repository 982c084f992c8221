"""An enquiry that came in by itself is mailed to the address that the settings name: nobody may be at a desk."""

from uuid import UUID

from app.alerts import words
from app.alerts.services.mailing import MailFoot, MailLine, MailPart, mail_list
from app.core import phones
from app.core.errors import NotFound
from app.core.events import Event
from app.core.outbox import enqueue
from app.leads.models import Lead
from app.leads.queries.cards import what_is_wanted
from app.leads.services import get_lead
from app.workspaces.queries import current_workspace

ENQUIRY = "alerts.enquiry"
_LONGEST_WISH = 300


def plan_enquiry_mail(event: Event) -> None:
    """The reaction to a new lead: one that a customer made is mailed to the workspace's own address, if it has one."""
    if event.lead_id is not None and event.actor.kind == "customer" and current_workspace().notification_email:
        enqueue(ENQUIRY, event.lead_id)


def mail_enquiry(lead_id: UUID) -> None:
    """Mail what a customer asked for; nothing when the lead is gone or in the bin, or nobody wants to know any more."""
    workspace = current_workspace()
    try:
        lead = get_lead(lead_id)
    except NotFound:
        return
    if not workspace.notification_email or lead.shelf == "bin":
        return
    line = MailLine(lead.id, lead.contact.name, _told(lead))
    mail_list(
        workspace.notification_email, words.enquiry_subject(lead.property.town or lead.district or ""), "Hello,",
        [MailPart(words.HEADINGS["enquiry"], [line])], MailFoot(words.ENQUIRY_FOOT, "settings", "Settings"),
    )  # fmt: skip


def _told(lead: Lead) -> str:
    """What is wanted, where, and how to reach them, such as "8-weekly · 3-bed semi · BA5 2QJ · 07700 900123"."""
    contact, place, wish = lead.contact, lead.property, " ".join((lead.wishes or "").split())
    return " · ".join(
        filter(
            None,
            (
                what_is_wanted(lead.service, lead.frequency, lead.property_type, lead.bedrooms),
                place.address, phones.format_national(contact.phone) if contact.phone else "", contact.email,
                f"“{wish[:_LONGEST_WISH]}{'…' if len(wish) > _LONGEST_WISH else ''}”" if wish else "",
            ),
        )
    )  # fmt: skip
