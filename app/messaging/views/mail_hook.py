"""Where a mail service hands over what came for a workspace, whole. The address's key is the whole authority.

Taken are the mail itself as the body (message/rfc822), or a form with it in a field or a file, as SendGrid (`email`),
Mailgun (`body-mime`) and others send it, or JSON with it in `RawEmail`, as Postmark does where that is asked for.
"""

import json

from flask import Response, abort, make_response, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.core import tenancy
from app.core.tenancy import Scope
from app.extensions import csrf, limiter
from app.messaging.services.hook_keys import HOOKS, workspace_of_key
from app.messaging.services.inbox_reading import take_in_mail
from app.messaging.views import bp

#: Mail services let about as much through (SendGrid 30 MB, Mailgun 25 MB).
_LARGEST = 32 * 1024 * 1024
_FIELDS = ("email", "body-mime", "mime", "raw", "message")
_ENVELOPE = ("recipient", "envelope-to", "to")


@bp.post(f"{HOOKS['inbound']}/<key>")
@csrf.exempt
@limiter.limit("600 per minute")
def mail_hook(key: str) -> Response:
    """Take one mail in: 204, also when it came before. 400 without a mail, 404 for a key of nothing, 413 too large."""
    request.max_content_length = request.max_form_memory_size = _LARGEST
    workspace_id = workspace_of_key("inbound", key)
    if workspace_id is None:
        abort(404)
    tenancy.enter(Scope(workspace_id, None, "all"))
    raw = _mail()
    if not raw.strip():
        abort(400)
    take_in_mail(raw, recipients=_recipients())
    return make_response("", 204)


def _mail() -> bytes:
    if request.mimetype == "application/json":
        try:
            given = request.get_json(silent=True)
        except RecursionError:
            given = None
        raw = given.get("RawEmail") if isinstance(given, dict) else None
        return raw.encode("utf-8", "replace") if isinstance(raw, str) else b""
    if request.mimetype not in ("multipart/form-data", "application/x-www-form-urlencoded"):
        if (request.content_length or 0) > _LARGEST:
            raise RequestEntityTooLarge
        return request.get_data(cache=False)
    for name in _FIELDS:
        if name in request.files:
            return request.files[name].read()
        if request.form.get(name):
            return request.form[name].encode("utf-8", "replace")
    return b""


def _recipients() -> tuple[str, ...]:
    """Whom the envelope names: with a plus-address the To header need not hold it."""
    found = [request.form[name] for name in _ENVELOPE if request.form.get(name)]
    found += [value for name in ("X-Original-To", "X-Envelope-To") if (value := request.headers.get(name))]
    try:
        envelope = json.loads(request.form.get("envelope", "{}"))
        found += [str(each) for each in envelope.get("to", ())][:20]
    except (ValueError, AttributeError, TypeError, RecursionError):
        pass
    return tuple(each.strip() for value in found for each in value.split(",") if "@" in each)[:20]
