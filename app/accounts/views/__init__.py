"""Pages of accounts: signing up, in and out; joining by invitation; passwords."""

from app.accounts.views import invitations, passwords
from app.accounts.views.signing import bp

__all__ = ["bp", "invitations", "passwords"]
