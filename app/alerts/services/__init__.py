"""What can be done with alerts and digests. One file a verb; this page lists them."""

from app.alerts.services.digesting import send_digests, switch_digest
from app.alerts.services.enquiring import ENQUIRY, mail_enquiry, plan_enquiry_mail
from app.alerts.services.expiring import mail_expiring
from app.alerts.services.forgetting import forget_mails
from app.alerts.services.looking import look
from app.alerts.services.planning import DIGEST, LOOK, READY, plan_day
from app.alerts.services.readiness import mail_ready, tell_ready
from app.alerts.services.stopping import tell_squeegee_silent, tell_transfer_stopped

__all__ = [
    "DIGEST", "ENQUIRY", "LOOK", "READY", "forget_mails", "look", "mail_enquiry", "mail_expiring", "mail_ready",
    "plan_day", "plan_enquiry_mail", "send_digests", "switch_digest", "tell_ready", "tell_squeegee_silent",
    "tell_transfer_stopped",
]  # fmt: skip
