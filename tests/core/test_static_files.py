"""Static files: a browser keeps each until it changes, and asks for none of them in vain."""

import re
from urllib.parse import urljoin

from tests.support.client import Client

FOR_EVER = "public, max-age=31536000, immutable"


def test_what_a_page_asks_for_and_what_that_imports_is_kept_for_a_year(alice: Client) -> None:
    open_, seen = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', alice.get("/w/wells/leads/board").text)), {}
    while open_:
        address = open_.pop()
        with alice.get(address) as answer:
            varies = "Cookie" in answer.headers.get("Vary", "")
            seen[address] = (answer.status_code, answer.headers["Cache-Control"], varies)
            if ".js" in address or ".css" in address:
                imported = re.findall(r'(?:from|import) ?\(?"(\./[^"]+)"|url\("?([^)"]+)', answer.text)
                open_ |= {urljoin(address, script or other) for script, other in imported} - seen.keys()
    for kind, least in (("/behaviors/", 20), (".css", 1), (".svg", 3), (".woff2", 1)):
        assert len([each for each in seen if kind in each]) >= least
    assert {address: found for address, found in seen.items() if found != (200, FOR_EVER, False)} == {}


def test_an_address_of_another_release_is_asked_about_each_time(client: Client) -> None:
    for address in ("/static/css/dist/desk.css?v=00000000", "/static/js-00000000/app.js", "/static/js/app.js"):
        with client.get(address) as answer:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_what_is_missing_is_not_missing_for_a_year(client: Client) -> None:
    # A file has one name: under endless others its mark would be kept each time.
    for path in (
        "css/no-such.css?v=0", "js-00000000/no-such.js", "js-00000000/../../wsgi.py",
        "css/../css/dist/desk.css", "css/./dist/desk.css?v=00000000", "css//dist/desk.css",
    ):
        answer = client.get(f"/static/{path}")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
