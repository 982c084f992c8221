"""Where Twilio reports what became of a text. Its signature is the whole authority."""

from flask import Response, abort, current_app, make_response, request
from twilio.request_validator import RequestValidator

from app.config import Config
from app.core import tenancy
from app.core.ids import parse_id
from app.core.tenancy import Scope
from app.extensions import csrf, limiter
from app.messaging.services import note_status, workspace_of_hook
from app.messaging.services.statuses import HOOK
from app.messaging.views import bp

#: A status report is a kilobyte; Twilio's longest field, an inbound text, has 1,600 characters.
_LARGEST = 32_768


@bp.post(f"{HOOK}/<key>")
@csrf.exempt
@limiter.exempt
def twilio_hook(key: str) -> Response:
    """Take a report in. 204 also for a message nobody knows, so that Twilio does not repeat it; 403 if not signed."""
    request.max_content_length = _LARGEST
    if not _is_signed():
        abort(403)
    workspace_id = workspace_of_hook(key)
    if workspace_id is None:
        abort(404)
    tenancy.enter(Scope(workspace_id, None, "all"))
    form = request.form
    sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if sid and status:
        note_status(sid, status, form.get("ErrorCode", ""), parse_id(request.args.get("message")))
    return make_response("", 204)


def _is_signed() -> bool:
    """Checked against the address that we gave Twilio, not the one a proxy may have made of it."""
    config: Config = current_app.extensions["config"]
    if not config.twilio_auth_token:
        return False
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    url = f"{config.public_url}{request.path}{query}"
    signature = request.headers.get("X-Twilio-Signature", "")
    return bool(RequestValidator(config.twilio_auth_token).validate(url, request.form, signature))
