"""How the workspace reaches its Squeegee, and whether it does."""

from collections.abc import Mapping

from flask import Response, flash, request, url_for

from app.core import web
from app.core.errors import Conflict, Invalid
from app.core.fragments import page, redirect_to
from app.core.network import SENDING, person_or_block
from app.core.permissions import permit
from app.core.transactions import keep
from app.extensions import limiter
from app.squeegee import queries, services, words
from app.squeegee.queries.account import is_connected
from app.squeegee.views import bp
from app.workspaces.layout import desk


@bp.get("/w/<slug>/squeegee/settings")
@permit("settings:write")
def settings(slug: str) -> Response:
    """Address and token, the last test, and where confirmations come in."""
    return _page()


@bp.post("/w/<slug>/squeegee/settings")
@permit("settings:write")
def change_settings(slug: str) -> Response:
    """Keep them. A blank token keeps the one there is."""
    typed = request.form
    facts = services.ConnectionFacts(typed.get("base_url", ""), typed.get("token", ""), typed.get("seen", ""))
    try:
        services.change_connection(facts, web.actor())
    except Invalid as error:
        return _page(error.errors, typed=facts.base_url, status=422)
    except Conflict as error:
        return _page(conflict=error.message, typed=facts.base_url, status=409)
    flash("Saved. Test it before the first lead goes over." if facts.base_url.strip() else "Saved.", "good")
    return redirect_to(url_for("squeegee.settings"))


@bp.post("/w/<slug>/squeegee/settings/test")
@permit("settings:write")
@limiter.limit(SENDING, key_func=person_or_block)
def test_connection(slug: str) -> Response:
    """Ask at the address without making anything there."""
    try:
        ask = services.prepare_test()
    except Conflict as error:
        return _page({"base_url": error.message}, status=409)
    seen = services.connection_seen(queries.get_account())
    keep()  # no connection to the database is held while Squeegee takes its time
    services.note_test(ask(), seen, web.actor())
    return redirect_to(url_for("squeegee.settings", _anchor="test"))


@bp.post("/w/<slug>/squeegee/settings/secret")
@permit("settings:write")
def new_secret(slug: str) -> Response:
    """Make a new signing secret and show it, this once."""
    return _page(secret=services.new_webhook_secret(web.actor()))


def _page(
    errors: Mapping[str, str] | None = None, *, typed: str | None = None, conflict: str = "", status: int = 200,
    secret: str = "",
) -> Response:  # fmt: skip
    account = queries.get_account()
    token = account.token
    return page(
        "squeegee/settings/connection.html", status, section="connection", sections=words.SECTION_WORDS,
        settings_page="squeegee", account=account, base_url=account.base_url if typed is None else typed,
        errors=errors or {}, conflict=conflict, seen=services.connection_seen(account),
        token_end=token[-4:] if token else "", secret=secret, webhook_url=queries.webhook_url(account),
        is_connected=is_connected(account), outcome=words.TESTS.get(account.test_outcome or ""),
        circuit=queries.circuit(), words=words, **desk("settings"),
    )  # fmt: skip
