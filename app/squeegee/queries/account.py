"""How this workspace reaches its Squeegee."""

from flask import current_app
from sqlalchemy import select

from app.core.loading import load_one
from app.core.tenancy import current_workspace_id
from app.squeegee.models import SqueegeeAccount


def get_account(*, lock: bool = False) -> SqueegeeAccount:
    """The account of the workspace in scope. Raises NotFound when it has none."""
    query = select(SqueegeeAccount).where(SqueegeeAccount.workspace_id == current_workspace_id())
    return load_one(query, lock=lock)


def is_connected(account: SqueegeeAccount) -> bool:
    """Whether the API can be tried: an address and a token are known."""
    return bool(account.base_url) and account.token_sealed is not None


def webhook_url(account: SqueegeeAccount) -> str:
    """Where Squeegee (or what stands between) tells that a booking is confirmed."""
    return f"{current_app.config['PUBLIC_URL']}/hooks/squeegee/{account.id}"
