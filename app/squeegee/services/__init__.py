"""What can be done with Squeegee. One file a verb; this page lists them."""

from app.squeegee.services.account import (
    ConnectionFacts,
    change_connection,
    connection_seen,
    new_webhook_secret,
    note_test,
    port_of,
    prepare_test,
)
from app.squeegee.services.batch import BatchResult, export_ready, mark_entered
from app.squeegee.services.booking import record_booking
from app.squeegee.services.circuit import let_one_try, try_now
from app.squeegee.services.handing_over import enter_by_hand, hand_over
from app.squeegee.services.news import Confirmation, decide, take_file, take_news
from app.squeegee.services.sections import change_section, fingerprint
from app.squeegee.services.settling import cancel, retry, settle
from app.squeegee.services.several import Outcome, cancel_several, retry_several

__all__ = [
    "BatchResult", "Confirmation", "ConnectionFacts", "Outcome", "cancel", "cancel_several", "change_connection",
    "change_section", "connection_seen", "fingerprint", "note_test", "prepare_test",
    "decide", "enter_by_hand", "export_ready", "hand_over", "mark_entered", "new_webhook_secret", "port_of",
    "record_booking",
    "retry", "let_one_try", "retry_several", "settle", "take_file", "take_news", "try_now",
]  # fmt: skip
