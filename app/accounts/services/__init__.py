"""What can be done with accounts. One file a noun; this page lists the verbs."""

from app.accounts.services.devices import DEVICE_LIFE, remember_device
from app.accounts.services.sessions import LIFE, StartedSession, end_session, resume_session, start_session
from app.accounts.services.signing_in import SignInRefused, TooManyFailures, sign_in
from app.accounts.services.signing_up import create_account, open_workspace, sign_up

__all__ = [
    "DEVICE_LIFE", "LIFE", "SignInRefused", "StartedSession", "TooManyFailures", "create_account",
    "end_session", "open_workspace", "remember_device", "resume_session", "sign_in", "sign_up", "start_session",
]  # fmt: skip
