"""What can be done with Squeegee. One file a verb; this page lists them."""

from app.squeegee.services.account import AccountFacts, change_account, new_webhook_secret, port_of
from app.squeegee.services.batch import BatchResult, export_ready, mark_entered
from app.squeegee.services.booking import record_booking
from app.squeegee.services.circuit import let_one_try, try_now
from app.squeegee.services.handing_over import enter_by_hand, hand_over
from app.squeegee.services.news import Confirmation, decide, take_file, take_news
from app.squeegee.services.settling import cancel, retry, settle
from app.squeegee.services.several import Outcome, cancel_several, retry_several

__all__ = [
    "AccountFacts", "BatchResult", "Confirmation", "Outcome", "cancel", "cancel_several", "change_account",
    "decide", "enter_by_hand", "export_ready", "hand_over", "mark_entered", "new_webhook_secret", "port_of",
    "record_booking",
    "retry", "let_one_try", "retry_several", "settle", "take_file", "take_news", "try_now",
]  # fmt: skip
