"""Templates, messages and conversations, who must not be written to, and the providers. One file a part."""

from app.messaging.models.conversation import ARRIVAL_CHANNELS, ARRIVAL_STATES, Arrival, Conversation
from app.messaging.models.message import (
    CHANNELS,
    STATES,
    TRIAGE,
    DeliveryAttempt,
    Message,
    MessageTemplate,
    MessageTemplateVersion,
    Suppression,
)
from app.messaging.models.provider import PROVIDERS, MessageProvider

__all__ = [
    "ARRIVAL_CHANNELS", "ARRIVAL_STATES", "CHANNELS", "PROVIDERS", "STATES", "TRIAGE", "Arrival", "Conversation",
    "DeliveryAttempt", "Message", "MessageProvider", "MessageTemplate", "MessageTemplateVersion", "Suppression",
]  # fmt: skip
