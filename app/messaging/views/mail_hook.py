"""Where a mail service hands over what came for a workspace, whole. The address's key is the whole authority.

Taken are the mail itself as the body (message/rfc822), or a form with it in a field or a file, as SendGrid (`email`),
Mailgun (`body-mime`) and others send it, or JSON with it in `RawEmail`, as Postmark does where that is asked for.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from json import JSONDecoder

from flask import Response, abort, make_response, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.core import tenancy
from app.core.access_keys import keyed_hash
from app.core.form_reading import read_large_form
from app.core.tenancy import Scope
from app.core.transactions import keep
from app.core.uploads import Places
from app.extensions import csrf, limiter
from app.messaging.services.hook_keys import HOOKS, workspace_of_key
from app.messaging.services.inbox_reading import take_in_mail
from app.messaging.views import bp

#: Mail services let about as much through (SendGrid 30 MB, Mailgun 25 MB).
_LARGEST = 32 * 1024 * 1024
#: What is larger takes one of the few places for it: several times its size lies in memory while it is read.
_SMALL = 256 * 1024
_PLACES = Places(4)
#: Reading a large one takes up to a second of the process that makes everybody's pages. So many pieces of _PIECE bytes
#: of one workspace's mails are read in a minute, the largest as if they had _MOST_PIECES; what is no piece always is.
_PIECES_A_MINUTE, _PIECE, _MOST_PIECES = 640, 32 * 1024, 40
_FIELDS = ("email", "body-mime", "mime", "raw", "message")
_ENVELOPE = ("recipient", "envelope-to", "to")
_LONGEST_ENVELOPE = 64 * 1024
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
#: Within a string its quotes would be escaped, so that this is a name wherever it stands.
_RAW_EMAIL = re.compile(r'"RawEmail"\s*:\s*(?=")')


def _pieces() -> int:
    size = _MOST_PIECES * _PIECE if request.content_length is None else request.content_length
    return min(size // _PIECE, _MOST_PIECES)


def _counted_as() -> str:
    """What stands for the key where limits are counted: the key itself opens the door, and Redis is no place for it."""
    return keyed_hash("inbound", (request.view_args or {})["key"]).hex()[:32]


def _again_later() -> Response:
    """503, since some mail services take 429, like any 4yz, for a no for good."""
    return make_response("", 503, {"Retry-After": "60"})


@bp.post(f"{HOOKS['inbound']}/<key>")
@csrf.exempt
@limiter.limit("600 per minute")
@limiter.limit(
    f"{_PIECES_A_MINUTE} per minute", key_func=_counted_as, cost=_pieces,
    exempt_when=lambda: _pieces() == 0, on_breach=lambda _: _again_later(),
)  # fmt: skip
def mail_hook(key: str) -> Response:
    """Take one mail in: 204, also when it came before. 400 without a mail, 404 for a key of nothing, 413 too large, 503
    for later.
    """
    request.max_content_length = request.max_form_memory_size = _LARGEST
    workspace_id = workspace_of_key("inbound", key)
    if workspace_id is None:
        abort(404)
    with _place() as got:
        if not got:
            return _again_later()
        sent = _sent()
        raw = _mail(sent)
        if not raw.strip():
            abort(400)
        tenancy.enter(Scope(workspace_id, None, "all"))
        take_in_mail(raw, recipients=_recipients(sent))
    return make_response("", 204)


@contextmanager
def _place() -> Iterator[bool]:
    """Room for the mail; False when there was none in time. No connection is held while the rest of it comes."""
    if 0 < (request.content_length or 0) <= _SMALL:
        keep()
        yield True
    else:
        with _PLACES.take() as got:
            yield got


def _mail(sent: Mapping[str, bytes]) -> bytes:
    if request.mimetype == "application/json":
        return _in_json(request.get_data(cache=False).decode("utf-8", "replace")).encode("utf-8", "replace")
    if request.mimetype in _FORMS:
        return next((sent[name] for name in _FIELDS if sent.get(name)), b"")
    if (request.content_length or 0) > _LARGEST:
        raise RequestEntityTooLarge
    return request.get_data(cache=False)


def _in_json(text: str) -> str:
    """The mail in Postmark's words. The rest is passed over: so many brackets would be a gigabyte of lists."""
    found = _RAW_EMAIL.search(text)
    try:
        return str(JSONDecoder().raw_decode(text, found.end())[0]) if found else ""
    except ValueError:
        return ""


def _sent() -> dict[str, bytes]:
    """What a form says of what is looked at here; nothing where none came."""
    if request.mimetype == _FORMS[0]:
        return read_large_form(request.get_data(cache=False), (*_FIELDS, *_ENVELOPE, "envelope"))
    if request.mimetype != _FORMS[1]:
        return {}
    files = {name: request.files[name].read() for name in _FIELDS if name in request.files}
    return {name: value.encode("utf-8", "replace") for name, value in request.form.items()} | files


def _recipients(sent: Mapping[str, bytes]) -> tuple[str, ...]:
    """Whom the envelope names: with a plus-address the To header need not hold it."""
    named = {name: sent.get(name, b"")[:_LONGEST_ENVELOPE].decode("utf-8", "replace") for name in _ENVELOPE}
    found = [*named.values()]
    found += [value for name in ("X-Original-To", "X-Envelope-To") if (value := request.headers.get(name))]
    try:
        envelope = json.loads(sent.get("envelope", b"{}")[:_LONGEST_ENVELOPE])
        found += [str(each) for each in envelope.get("to", ())][:20]
    except (ValueError, AttributeError, TypeError, RecursionError):
        pass
    return tuple(each.strip() for value in found for each in value.split(",") if "@" in each)[:20]
