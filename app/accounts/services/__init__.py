"""What can be done with accounts. One file a noun; this page lists the verbs."""

from app.accounts.services.changing_passwords import TELL, account_of_link, change_password, choose_password
from app.accounts.services.devices import DEVICE_LIFE, remember_device
from app.accounts.services.reset_links import MAIL, ask_for_link, link_by_hand, make_link
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
from app.accounts.services.signing_in import SignInRefused, sign_in
from app.accounts.services.signing_up import TAKEN, create_account, open_workspace, sign_up
from app.accounts.services.throttling import TooManyFailures

__all__ = [
    "DEVICE_LIFE", "LIFE", "MAIL", "TAKEN", "TELL", "ResumedSession", "SignInRefused", "StartedSession",
    "TooManyFailures", "account_of_link", "ask_for_link", "change_password", "choose_password", "create_account",
    "end_session", "hash_token", "link_by_hand", "make_link", "open_workspace", "remember_device", "resume_session",
    "sign_in", "sign_up", "start_session", "still_good",
]  # fmt: skip
