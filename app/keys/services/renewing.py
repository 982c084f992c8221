"""Giving a workspace its next data key."""

from uuid import UUID

import structlog

from app.core.keyring import cipher, forget_keys, make_next_data_key
from app.core.tenancy import acting_in
from app.core.transactions import transaction

log = structlog.get_logger(__name__)


def renew_data_key(workspace_id: UUID) -> int:
    """Make the workspace's next data key and return its number. What older ones have sealed still opens.

    Every process seals with it within keyring.KNOWN_WITHIN_SECONDS. Raises CryptoError when the workspace has no keys,
    or those it has don't open: one more, under another master key than theirs, would shut all of them to everybody.
    """
    with acting_in(workspace_id), transaction():
        cipher()
        number = make_next_data_key()
    forget_keys()
    log.info("data_key_renewed", workspace=str(workspace_id), number=number)
    return number
