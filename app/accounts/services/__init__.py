"""What can be done with accounts. One file a noun; this page lists the verbs."""

from app.accounts.services.devices import DEVICE_LIFE, remember_device
from app.accounts.services.sessions import (
    LIFE,
    ResumedSession,
    StartedSession,
    end_session,
    hash_token,
    resume_session,
    start_session,
    still_good,
)
from app.accounts.services.signing_in import SignInRefused, TooManyFailures, sign_in
from app.accounts.services.signing_up import create_account, open_workspace, sign_up

__all__ = [
    "DEVICE_LIFE", "LIFE", "ResumedSession", "SignInRefused", "StartedSession", "TooManyFailures", "create_account",
    "end_session", "hash_token", "open_workspace", "remember_device", "resume_session", "sign_in", "sign_up",
    "start_session", "still_good",
]  # fmt: skip
