"""Asking at an account's address without making anything there."""

from urllib.parse import quote

from app.core import http
from app.squeegee.adapters.wire import Wire

TIMEOUT_SECONDS = 10.0
_ENOUGH = 4_096
#: Nobody's reference: what is found for it is of no interest.
_NOBODY = "sill-connection-test"
_NO = (401, 403)


def probe(base_url: str, token: str, wire: Wire, *, allow_private: bool) -> str:
    """What can be known without making anything, as one of words.TESTS.

    It is asked twice by GET, with the token and without: only where the second answer is no and the first is not does
    Squeegee look at tokens there, and takes this one.
    """
    path = wire.find_customer_path.replace("{reference}", quote(_NOBODY)) or wire.customer_path
    url = base_url + path
    try:
        with_token = _ask(url, {"Authorization": f"Bearer {token}"}, allow_private)
        if with_token.status in _NO:
            return "token_refused"
        if with_token.status >= 500:
            return "server_error"
        if with_token.status == 429:
            return "too_many_requests"
        if _ask(url, {}, allow_private).status in _NO:
            return "token_taken"
    except http.OutboundRefused:
        return "address_refused"
    except http.OutboundNoName:
        return "name_unknown"
    except http.OutboundUntrusted:
        return "certificate_refused"
    except http.OutboundNotSent:
        return "not_reached"
    except http.OutboundUnclear:
        return "no_answer"
    if 300 <= with_token.status < 400:
        return "sends_elsewhere"
    is_page = "html" in with_token.headers.get("content-type", "")
    return "answers_with_page" if is_page and with_token.status < 300 else "answers"


def _ask(url: str, headers: dict[str, str], allow_private: bool) -> http.Response:
    return http.request(
        "GET", url, headers={"Accept": "application/json", **headers}, timeout=TIMEOUT_SECONDS,
        allow_private=allow_private, max_bytes=_ENOUGH,
    )  # fmt: skip
