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
from app.squeegee.services.batches import (
    CONFIRM,
    batch_file,
    batch_report,
    call_off,
    cancel_batch,
    confirm_all,
    confirm_found,
    confirm_rows,
    make_batch,
    say_entered,
    say_not_taken,
    take_out,
)
from app.squeegee.services.booking import record_booking
from app.squeegee.services.changing import note_changed
from app.squeegee.services.circuit import let_one_try, try_now
from app.squeegee.services.handing_over import enter_by_hand, hand_over
from app.squeegee.services.news import Confirmation, decide, take_file, take_news
from app.squeegee.services.sections import change_section, fingerprint
from app.squeegee.services.settling import cancel, retry, settle
from app.squeegee.services.several import Outcome, cancel_several, retry_several
from app.squeegee.services.taking_back import take_back
from app.squeegee.services.together import hand_over_together

__all__ = [
    "CONFIRM", "Confirmation", "ConnectionFacts", "Outcome", "batch_file", "batch_report", "call_off", "cancel",
    "cancel_batch", "cancel_several", "change_connection", "change_section", "confirm_all", "confirm_found",
    "confirm_rows", "connection_seen", "decide", "enter_by_hand", "fingerprint", "hand_over", "hand_over_together",
    "let_one_try", "make_batch", "new_webhook_secret", "note_changed", "note_test", "port_of", "prepare_test",
    "record_booking", "retry", "retry_several", "say_entered", "say_not_taken", "settle", "take_back", "take_file",
    "take_news", "take_out", "try_now",
]  # fmt: skip
