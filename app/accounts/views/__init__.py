"""Pages of accounts: signing up, in and out; joining by invitation."""

from app.accounts.views import invitations
from app.accounts.views.signing import bp

__all__ = ["bp", "invitations"]
