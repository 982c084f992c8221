"""What can be done with a workspace and its members. One file a verb; this page lists them."""

from app.workspaces.services.creating import create_workspace, free_slug, number_prefix
from app.workspaces.services.entering import enter_with_session
from app.workspaces.services.inviting import (
    accept_invitation,
    invitation_by_key,
    invite,
    joined_by,
    may_still_send,
    withdraw_invitation,
)
from app.workspaces.services.members import change_role, deactivate_member
from app.workspaces.services.settings import change_settings, seen_mark
from app.workspaces.services.sharing_out import Taking, change_sharing_out, sharing_mark

__all__ = [
    "Taking", "accept_invitation", "change_role", "change_settings", "change_sharing_out",
    "create_workspace", "deactivate_member", "enter_with_session", "free_slug",
    "invitation_by_key", "invite", "joined_by", "may_still_send", "number_prefix", "seen_mark", "sharing_mark",
    "withdraw_invitation",
]  # fmt: skip
