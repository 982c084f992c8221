"""Addresses of ours that providers call: each workspace has one for texts and calls and one for mails.

The key in the address is derived, not kept, so that a copy of the database does not hold it.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from flask import current_app
from sqlalchemy.exc import IntegrityError

from app.config import Config
from app.core import access_keys
from app.core.tenancy import current_workspace_id
from app.extensions import db

#: Kind of key -> where its hook is.
HOOKS = {"webhook": "/hooks/twilio", "inbound": "/hooks/mail"}
_LABELS = {"webhook": b"sill/twilio-hook/v1", "inbound": b"sill/mail-hook/v1"}


def hook_url(kind: str) -> str | None:
    """The workspace's address of a hook, or None where a provider can't reach us. Makes its key once."""
    config: Config = current_app.extensions["config"]
    if not (config.is_secure or config.allow_private_outbound):
        return None
    workspace_id = current_workspace_id()
    key = _key(kind, workspace_id)
    if not access_keys.is_taken(kind, key):
        try:
            with db.session.begin_nested():
                access_keys.register(kind, key, workspace_id, workspace_id)
        except IntegrityError:
            pass  # another worker made it a moment ago
    return f"{config.public_url}{HOOKS[kind]}/{key}"


def workspace_of_key(kind: str, key: str) -> UUID | None:
    """The workspace that a key of a hook stands for, or None."""
    found = access_keys.find(kind, key)
    return found.workspace_id if found and found.target_id == found.workspace_id else None


def _key(kind: str, workspace_id: UUID) -> str:
    pepper: bytes = current_app.extensions["index_pepper"]
    digest = hmac.digest(pepper, _LABELS[kind] + workspace_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:24]).decode()
