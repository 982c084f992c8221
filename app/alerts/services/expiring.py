"""A quote that is about to end is mailed to whoever looks after its lead; where that is nobody, to the managers."""

from datetime import date

from app.alerts import queries, words
from app.alerts.services.mailing import MailFoot, MailLine, MailPart, mail_list
from app.core.events import Event
from app.core.human_time import long_date
from app.core.tenancy import seeing_all
from app.leads.services import get_lead
from app.notifications.services.reacting import responsible


def mail_expiring(event: Event) -> None:
    """The reaction to a quote that ends soon and is unanswered: one mail, beside the line in the bell."""
    if event.lead_id is None:
        return
    with seeing_all():
        lead = get_lead(event.lead_id)
        if lead.shelf != "desk":
            return
        told = words.ends_on(
            long_date(date.fromisoformat(str(event.data["valid_until"]))),
            was_sent=bool(event.data.get("was_sent")), has_written=bool(event.data.get("has_written")),
        )  # fmt: skip
        part = MailPart(words.HEADINGS["expiring"], [MailLine(lead.id, lead.contact.name, told)])
        everyone = {worker.user_id: worker for worker in queries.workers()}
        for user_id in responsible(lead):
            if worker := everyone.get(user_id):
                hello = f"Hello {worker.name.split()[0]},"
                mail_list(worker.email, words.EXPIRING_SUBJECT, hello, [part], MailFoot(words.ALERT_FOOT))
