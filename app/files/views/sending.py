"""The customer's page to send photos. The link is the whole authority: no cookie, no account; it shows no photo again.

With scripts photos travel one by one, made small by the phone; without them they come together in a form.
"""

from typing import Any

import structlog
from flask import Response, abort, request, url_for

from app.core import access_keys, tenancy, web
from app.core.errors import Invalid
from app.core.fragments import page, redirect_to
from app.core.tenancy import Scope
from app.core.transactions import keep
from app.core.uploads import takes_a_file
from app.extensions import csrf, limiter
from app.files.models import PhotoRequest
from app.files.ports import StoreUnavailable
from app.files.services import ExaminerFailed
from app.files.services.requesting import MOST_SENT, count_sent, get_request, send_photo
from app.files.views import bp
from app.files.views.taking import BROKEN, BUSY, in_hand, take_in
from app.leads.services import get_lead
from app.workspaces.layout import firm_page, private

log = structlog.get_logger(__name__)
#: Ten photos as telephones take them; held in memory until they are drawn anew.
_LARGEST_FORM = 60 * 1024 * 1024
_READS, _WRITES = limiter.limit("120 per minute"), limiter.limit("60 per minute; 300 per hour")


@bp.get("/p/<secret>")
@_READS
def photos_page(secret: str) -> Response:
    """What is asked for, and what has come already."""
    asked = _open(secret)
    came, failed = (request.args.get(name, 0, type=int) for name in ("came", "failed"))
    return _page(asked, secret, came=came, failed=failed)


@bp.post("/p/<secret>")
@csrf.exempt
@_WRITES
def send_photos(secret: str) -> Response:
    """Take the photos of a form in, each on its own: one that can't be taken leaves the others."""
    request.max_content_length = _LARGEST_FORM
    asked = _open(secret)
    with in_hand() as got:
        if not got:
            return _page(asked, secret, status=503, error=BUSY)
        files = [each for each in request.files.getlist("photos") if each.filename][: MOST_SENT + 1]
        if not files:
            return _page(asked, secret, status=422, error="Choose at least one photo first.")
        came, errors = 0, []
        for file in files:
            try:
                send_photo(asked.id, file.filename or "", file.read(), web.actor())
                keep()
                came += 1
            except Invalid as invalid:
                errors.append(invalid.errors["file"])
            except (StoreUnavailable, ExaminerFailed) as error:
                log.error("photo_not_kept", error=type(error).__name__)
                errors.append(BROKEN)
    if errors and not came:
        return _page(asked, secret, status=422, error=errors[0])
    return private(redirect_to(url_for("files.photos_page", secret=secret, came=came, failed=len(errors) or None)))


@takes_a_file
@bp.post("/p/<secret>/photo")
@csrf.exempt
@_WRITES
def send_one(secret: str) -> Response:
    """Take one photo in: its bytes are the body."""
    asked_id = _open(secret).id
    return private(take_in(lambda name, content: send_photo(asked_id, name, content, web.actor())))


def _open(secret: str) -> PhotoRequest:
    """The request that a link is for, with its workspace entered; kind words for a link that opens nothing."""
    found = access_keys.find("photos", secret)
    if found is None:
        abort(private(page("quotes/unknown.html", 404)))
    tenancy.enter(Scope(found.workspace_id, None, "all"))
    asked = get_request(found.target_id)
    if asked.revoked_at is not None:
        abort(private(page("quotes/revoked.html", 410, **firm_page(), secret=None)))
    return asked


def _page(asked: PhotoRequest, secret: str, status: int = 200, **said: Any) -> Response:
    values = {"came": 0, "failed": 0, "error": "", **said}
    left = max(0, MOST_SENT - count_sent(asked))
    name = get_lead(asked.lead_id).contact.first_name
    return private(
        page(
            "files/send.html",
            status,
            **firm_page(),
            secret=secret,
            left=left,
            most=MOST_SENT,
            first_name=name,
            **values,
        )
    )
