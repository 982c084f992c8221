"""By which channels Sill sees what customers answer.

A mailbox that Sill reads and an account for texts stand in the settings. That a mail service, or the installation's own
number, brings anything to this workspace is set up elsewhere, and shows only by what has come.
"""

from sqlalchemy import select

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.messaging.models import Arrival
from app.messaging.ports.settings import TwilioSettings
from app.messaging.services.providers import provider_for

CHANNELS = ("email", "sms")


def unheard_channels() -> tuple[str, ...]:
    """Those of CHANNELS by which no answer reaches Sill. One statement at most, none where both are set up."""
    doubtful = [channel for channel in CHANNELS if not _is_set_up(channel)]
    if not doubtful:
        return ()
    here = current_workspace_id()
    brought = [
        select(Arrival.id).where(Arrival.workspace_id == here, Arrival.channel == channel).exists()
        for channel in doubtful
    ]
    found = db.session.execute(select(*brought)).one()
    return tuple(channel for channel, has_come in zip(doubtful, found, strict=True) if not has_come)


def _is_set_up(channel: str) -> bool:
    if channel == "email":
        return provider_for("inbox") is not None
    own = provider_for("sms")
    return isinstance(own, TwilioSettings) and not _is_name(own.sender)


def _is_name(sender: str) -> bool:
    """Whether texts come from a mere name, which nobody can answer; else from a number or a messaging service."""
    return not sender.startswith(("+", "MG")) and not sender.isdigit()
