"""The page of opt-outs: who must not be written to, looked up by an address that never stands in a URL."""

from typing import Any
from uuid import UUID

from flask import Response, flash, g, request, url_for

from app.core import web
from app.core.cursors import make_cursor, read_cursor
from app.core.errors import Conflict, Invalid
from app.core.fragments import answer, fragment, page, redirect_to, wants_fragment
from app.core.permissions import permit
from app.messaging.queries.opt_outs import opt_outs as listed
from app.messaging.services.opt_outs import WAYS_BACK, add_opt_out, look_up, take_back
from app.messaging.views import bp
from app.workspaces.layout import desk

_LIST = "opt-outs"


@bp.get("/w/<slug>/settings/opt-outs")
@permit("messages:read")
def opt_outs(slug: str) -> Response:
    """The newest entries, and a field to look an address up."""
    if wants_fragment() and "after" in request.args:
        return answer(fragment("messaging/_opt_outs.html", **_listed()))
    return _page()


@bp.post("/w/<slug>/settings/opt-outs/find")
@permit("messages:read")
def find_opt_out(slug: str) -> Response:
    """Say whether an address may be written to. Sent as a form, so that the address stands in no log."""
    typed = request.form.get("address", "")[:200]
    try:
        return _page(typed=typed, found=look_up(typed))
    except Invalid as error:
        return _page(422, typed=typed, errors=error.errors)


@bp.post("/w/<slug>/settings/opt-outs")
@permit("messages:write")
def opt_out(slug: str) -> Response:
    """Keep that somebody asked not to be written to."""
    typed = request.form.get("address", "")[:200]
    try:
        add_opt_out(typed, web.actor())
    except Invalid as error:
        return _page(422, typed=typed, errors=error.errors)
    flash("Nothing is sent there any more", "good")
    return redirect_to(_back() or url_for("messaging.opt_outs"))


@bp.post("/w/<slug>/settings/opt-outs/<uuid:suppression_id>/take-back")
@permit("messages:write")
def take_opt_out_back(slug: str, suppression_id: UUID) -> Response:
    """Write to an address again, since its owner asked for it."""
    try:
        take_back(suppression_id, request.form.get("way", ""), web.actor())
    except Invalid as error:
        return _page(422, errors=error.errors, open_id=suppression_id)
    except Conflict as error:
        return _page(409, errors={"way": error.message}, open_id=suppression_id)
    flash("They may be written to again", "good")
    return redirect_to(url_for("messaging.opt_outs"))


def _back() -> str | None:
    """The contact's page, when the form stood there."""
    contact = request.form.get("contact", "")
    try:
        return url_for("contacts.contact", contact_id=UUID(contact)) if contact else None
    except ValueError:
        return None


def _page(
    status: int = 200, *, typed: str = "", found: Any = None, errors: dict[str, str] | None = None,
    open_id: UUID | None = None,
) -> Response:  # fmt: skip
    return page(
        "messaging/opt_outs.html", status, **desk("settings"), settings_page="opt_outs", typed=typed, found=found,
        errors=errors or {}, open_id=open_id, **_listed(),
    )  # fmt: skip


def _listed() -> dict[str, Any]:
    after = read_cursor(request.args.get("after"), _LIST)
    rows, next_id = listed(after[0] if after else None)  # type: ignore[arg-type]
    more = url_for("messaging.opt_outs", after=make_cursor([next_id], _LIST)) if next_id else None
    return {
        "rows": rows, "more_url": more, "ways": list(WAYS_BACK.items()), "may_write": g.viewer.can("messages:write"),
    }  # fmt: skip
