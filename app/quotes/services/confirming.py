"""The letter that says what was agreed, on something that lasts (Consumer Contracts Regulations 2013, reg. 16)."""

import structlog

from app.core.permissions import SYSTEM
from app.leads.models import Lead
from app.messaging import services as messaging
from app.messaging.services import TemplateFault
from app.quotes.models import Quote
from app.quotes.services.sending import link_of

log = structlog.get_logger(__name__)
TEMPLATE = "quote_accepted"


def confirm(quote: Quote, lead: Lead) -> None:
    """Write it to the customer of an accepted quote. Without an email address the page alone says it.

    Their yes is worth more than our letter: words that can't be filled in are for the log, not for the customer.
    """
    recipient = messaging.ways_to_reach(lead.contact).get("email")
    if recipient is None or quote.link_secret is None:
        return
    try:
        words = messaging.render_template(TEMPLATE, lead, link=link_of(quote), link_label="See what we agreed")
    except TemplateFault as fault:
        log.warning("acceptance_not_confirmed", quote=str(quote.id), variable=fault.variable)
        return
    messaging.compose(
        lead, "email", recipient=recipient, subject=words.subject, body=words.body, html=words.html,
        template_key=TEMPLATE, template_version_no=words.version_no, actor=SYSTEM,
    )  # fmt: skip
