"""What can be done with messages. One file a concern; this page lists them."""

from app.messaging.queries.templates import find_template as template_by_key
from app.messaging.services.composing import (
    compose,
    locked_message,
    locked_messages,
    retry,
    send_after_all,
    settle_uncertain,
    unsend,
)
from app.messaging.services.marketing import has_marketing_basis
from app.messaging.services.outcomes import mark_failed, mark_refused, mark_sent, mark_uncertain
from app.messaging.services.rendering import (
    VARIABLES,
    Rendered,
    TemplateFault,
    render_template,
    unknown_variables,
)
from app.messaging.services.statuses import note_carriers_stop, note_status, status_url, workspace_of_hook
from app.messaging.services.stopping import (
    TAKE_BACK,
    called_off,
    end_called_off,
    stop_answered,
    stop_shelved,
    stop_unsent,
    stopped_since,
    take_back,
)
from app.messaging.services.suppressing import allow_again, is_suppressed, suppress
from app.messaging.services.unsubscribing import carries_way_out, read_way_out, unsubscribe, unsubscribe_url
from app.messaging.services.wishes import Wish, keep_wishes, ways_to_reach, wishes_of

__all__ = [
    "TAKE_BACK", "VARIABLES", "Rendered", "TemplateFault", "Wish", "allow_again", "called_off", "carries_way_out",
    "compose", "end_called_off", "has_marketing_basis", "is_suppressed", "keep_wishes", "locked_message",
    "locked_messages", "mark_failed", "mark_refused", "mark_sent", "mark_uncertain", "note_carriers_stop",
    "note_status", "read_way_out", "render_template", "retry", "send_after_all", "settle_uncertain", "status_url",
    "stop_answered", "stop_shelved", "stop_unsent", "stopped_since", "suppress", "take_back", "template_by_key",
    "unknown_variables", "unsend", "unsubscribe", "unsubscribe_url", "ways_to_reach", "wishes_of", "workspace_of_hook",
]  # fmt: skip
