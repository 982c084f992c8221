"""The headers that every answer carries, whatever it is an answer to."""

import re
from typing import Any

import pytest

#: What each source list of a page has to be; `N` stands for the answer's nonce.
POLICY = {
    "default-src": "'none'", "script-src": "'nonce-N' 'strict-dynamic'", "style-src": "'self'",
    "img-src": "'self' data:", "font-src": "'self'", "connect-src": "'self'", "form-action": "'self'",
    "base-uri": "'none'", "object-src": "'none'", "frame-ancestors": "'none'",
}  # fmt: skip


def policy(answer: Any) -> dict[str, str]:
    """The answer's content security policy, list by list."""
    lists = (each.strip().partition(" ") for each in answer.headers["Content-Security-Policy"].split(";"))
    return {name: re.sub(r"'nonce-[\w-]{16,}'", "'nonce-N'", sources) for name, _, sources in lists}


@pytest.mark.parametrize(
    "path",
    ["/login", "/signup", "/w/wells/leads/board", "/w/wells/leads", "/w/wells/nothing-here", "/nothing-here",
     "/healthz", "/metrics", "/w/rival/leads", "/c/no-such-link", "/static/js/app.js", "/static/nothing.js"],
)  # fmt: skip
def test_any_answer_is_walled_in(alice: Any, path: str) -> None:
    with alice.get(path) as answer:
        found = policy(answer)
    assert {name: found[name] for name in POLICY} == POLICY
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch(r"max-age=\d{8,}(; includeSubDomains)?", answer.headers["Strict-Transport-Security"])
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_nonce_is_used_once(alice: Any) -> None:
    pages = [alice.get("/w/wells/leads/board") for _ in range(2)]
    nonces = [re.findall(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])[0] for page in pages]
    assert nonces[0] != nonces[1]
    assert all(nonce in page.text for nonce, page in zip(nonces, pages, strict=True))


def test_what_is_refused_is_walled_in_too(alice: Any, client: Any) -> None:
    without_token = alice.post("/w/wells/leads/new", csrf=False)
    for answer in (without_token, client.post("/login", data={}), client.delete("/login")):
        assert answer.status_code >= 400
        assert policy(answer)["script-src"] == POLICY["script-src"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
