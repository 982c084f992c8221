"""What can be done with Squeegee. One file a verb; this page lists them."""

from app.squeegee.services.account import AccountFacts, change_account, new_webhook_secret, port_of
from app.squeegee.services.batch import BatchResult, export_ready, mark_entered
from app.squeegee.services.booking import Confirmation, record_booking, take_confirmation
from app.squeegee.services.handing_over import enter_by_hand, hand_over
from app.squeegee.services.settling import cancel, retry, settle
from app.squeegee.services.several import Outcome, cancel_several, retry_several

__all__ = [
    "AccountFacts", "BatchResult", "Confirmation", "Outcome", "cancel", "cancel_several", "change_account",
    "enter_by_hand", "export_ready", "hand_over", "mark_entered", "new_webhook_secret", "port_of", "record_booking",
    "retry", "retry_several", "settle", "take_confirmation",
]  # fmt: skip
