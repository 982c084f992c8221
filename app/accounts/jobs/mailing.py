"""Mail about an account. It leaves by the installation's own mail server: the account may be in several workspaces,
or in none.
"""

from uuid import UUID

import structlog
from flask import current_app

from app.accounts import services
from app.accounts.queries import get_user
from app.core.ids import new_id
from app.core.outbox import MAX_ATTEMPTS, Claim, Fenced, Retry, renew_all
from app.core.transactions import transaction
from app.messaging import transports
from app.messaging.ports import NotSent, TransportError, Unclear
from app.messaging.ports.email import OutgoingEmail
from app.messaging.services.letters import PRODUCT, letter_html

log = structlog.get_logger(__name__)


def mail_link(claim: Claim) -> None:
    """Mail the link to a new password, if there is an account to mail it to.

    The link is made and its hash committed before the mail leaves. What was handed over without a clear answer is
    mailed again with another link: twice is better than not at all, and the newer mail's is the good one.
    """
    with transaction():
        # Nobody's newer link is ended by who has lost the work to somebody else meanwhile.
        if not renew_all([claim]):
            raise Fenced
        made = services.make_link(claim.subject_id)
        if made is None:
            claim.finish()
            return
        user, link = made
        email = _mail(new_id(), user.email, "Choose a new password for Sill", "accounts/reset_link.txt", link)
    if _hand_over(claim, email):
        log.info("password_link_mailed", user_id=str(user.id))


def tell_of_change(claim: Claim) -> None:
    """Mail the person of an account that the password was changed, with the way to another one if it was not them."""
    with transaction():
        recipient = get_user(claim.subject_id).email
    link = f"{current_app.extensions['config'].public_url}/password/forgotten"
    subject = "Your password for Sill was changed"
    _hand_over(claim, _mail(claim.item_id, recipient, subject, "accounts/password_changed.txt", link))


def _mail(message_id: UUID, recipient: str, subject: str, template: str, link: str) -> OutgoingEmail:
    text = current_app.jinja_env.get_template(template).render(link=link).strip()
    html = letter_html(text, None, link, "Choose a new password")
    return OutgoingEmail(
        message_id=message_id, sender_name=PRODUCT, reply_to="", recipient=recipient, subject=subject, text=text,
        html=html, automatic=True,
    )  # fmt: skip


def _hand_over(claim: Claim, email: OutgoingEmail) -> bool:
    """Hand a mail over; returns whether it left. Raises Retry while it is worth trying again; then the work ends, with
    the reason in the log.

    It never becomes dead work: no page of a workspace shows it, and who waits for a link asks again.
    """
    try:
        transports.installed_email_transport().send(email)
    except TransportError as error:
        if isinstance(error, (NotSent, Unclear)) and claim.attempts < MAX_ATTEMPTS:
            raise Retry(error.code) from None
        log.warning("account_mail_not_sent", kind=claim.kind, code=error.code)
        with transaction():
            claim.finish(error=error.code)
        return False
    return True
