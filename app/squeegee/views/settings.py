"""How the workspace reaches its Squeegee."""

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.core.permissions import permit
from app.extensions import db
from app.squeegee import queries, services
from app.squeegee.forms import read_account
from app.squeegee.mapping import SERVICE_CODES
from app.squeegee.views import bp
from app.workspaces.layout import desk


@bp.get("/w/<slug>/squeegee/settings")
@permit("settings:write")
def settings(slug: str) -> Response:
    """Address, token, services, and where confirmations come in."""
    return _page()


@bp.post("/w/<slug>/squeegee/settings")
@permit("settings:write")
def change_settings(slug: str) -> Response:
    """Keep them. A blank token keeps the one there is."""
    try:
        services.change_account(read_account(request.form), web.actor())
    except Invalid as error:
        db.session.rollback()
        return _page(error.errors, request.form, 422)
    except Conflict as error:
        db.session.rollback()
        return _page({"": error.message}, request.form, 409)
    flash("Saved.", "good")
    return redirect_to(url_for("squeegee.settings"))


@bp.post("/w/<slug>/squeegee/settings/secret")
@permit("settings:write")
def new_secret(slug: str) -> Response:
    """Make a new signing secret and show it, this once."""
    return _page(secret=services.new_webhook_secret(web.actor()))


def _page(
    errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None, status: int = 200, secret: str = ""
) -> Response:
    account = queries.get_account()
    shown: dict[str, Any] = {
        "base_url": account.base_url,
        **{f"service_{code}": account.service_ids.get(code, "") for code in SERVICE_CODES},
    }
    token = account.token
    return page(
        "squeegee/settings.html", status, values={**shown, **(typed or {}), "token": ""}, errors=errors or {},
        codes=SERVICE_CODES, seen=account.version, token_end=token[-4:] if token else "", secret=secret,
        webhook_url=queries.webhook_url(account), **desk("settings"),
    )  # fmt: skip
