"""Where Twilio tells of texts and calls, ours and customers'. Its signature is the whole authority."""

from flask import Response, abort, current_app, make_response, request
from twilio.request_validator import RequestValidator

from app.config import Config
from app.core import tenancy
from app.core.ids import parse_id
from app.core.tenancy import Scope
from app.extensions import csrf, limiter
from app.messaging.ports.settings import TwilioSettings
from app.messaging.services import note_status, workspace_of_hook
from app.messaging.services.arriving import take_in
from app.messaging.services.providers import provider_for
from app.messaging.services.reading_twilio import read_call, read_text
from app.messaging.services.statuses import HOOK
from app.messaging.views import bp

#: A status report is a kilobyte; Twilio's longest field, an inbound text, has 1,600 characters.
_LARGEST = 32_768
#: TwiML that says nothing back (twilio.com/docs/messaging/twiml).
_NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@bp.post(f"{HOOK}/<key>")
@csrf.exempt
@limiter.exempt
def twilio_hook(key: str) -> Response:
    """Take in a report, a text or a call's end. Never an error for what nobody knows, or Twilio would repeat it; 403 if
    not signed.
    """
    request.max_content_length = _LARGEST
    workspace_id = workspace_of_hook(key)
    if workspace_id is not None:
        tenancy.enter(Scope(workspace_id, None, "all"))
    if not _is_signed(own_account=workspace_id is not None):
        abort(403)
    if workspace_id is None:
        abort(404)
    form = request.form
    sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if sid and status and status != "received":
        note_status(sid, status, form.get("ErrorCode", ""), parse_id(request.args.get("message")))
        return make_response("", 204)
    inbound = read_text(form) if sid else read_call(form)
    if inbound is not None:
        take_in(inbound)
    return make_response(_NO_ANSWER, {"Content-Type": "text/xml"})


def _is_signed(*, own_account: bool) -> bool:
    """Checked against the address that we gave Twilio, not the one a proxy may have made of it.

    By the token of the workspace's own account, or the installation's: what left before an account was changed is
    still reported about.
    """
    config: Config = current_app.extensions["config"]
    own = provider_for("sms") if own_account else None
    tokens = (own.auth_token if isinstance(own, TwilioSettings) else "", config.twilio_auth_token)
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    url = f"{config.public_url}{request.path}{query}"
    signature = request.headers.get("X-Twilio-Signature", "")
    return any(token and RequestValidator(token).validate(url, request.form, signature) for token in tokens)
