"""Planted customer data is found nowhere but on the pages of those who may see it."""

import secrets
from collections.abc import Iterator

import pytest

from tests.faults.site import Site, wait_for
from tests.faults.traces import database_dump, found_in, logs, redis_contents, ways_to_write, write_ahead_log

pytestmark = pytest.mark.faults
CUSTOMERS = 24
MARK = "Zephyrine"  # stands in no word of the product


@pytest.mark.parametrize("value", ("Zephyrine Ötzi", 'a "quoted" name', "+447700900123"))
def test_the_search_finds_every_way_of_writing(value: str) -> None:
    import base64
    import json

    written = [value.encode(), value.encode().hex().encode(), json.dumps(value).encode(), value.encode("utf-16-le")]
    written += [base64.b64encode(before + value.encode() + b" after") for before in (b"", b"x", b"xx", b"xxx")]
    for each in written:
        assert found_in(b"before " + each + b" after", [value]) == [value], each
    assert found_in(b"nothing of the kind", [value]) == []
    assert min(len(way) for way in ways_to_write(value)) > 8


def canary(kind: str) -> str:
    """A value that no one else would write."""
    return f"{MARK} {kind} {secrets.token_hex(8)} é"


def test_two_hundred_planted_values_are_found_nowhere(site: Site) -> None:
    planted: list[str] = []
    pages: list[str] = []
    for number in range(CUSTOMERS):
        planted += _customer(site, number)
    lead = f"/w/{site.slug}/leads/{site.lead_id}"
    for _ in range(8):
        planted += _desk(site, lead)
    pages += list(_error_pages(site, planted))
    wait_for(lambda: site.sql("select count(*) from outbox where state = 'leased'") == [(0,)], 180, "the worker")
    assert len(planted) >= 200
    assert _opens_for_alice(site, planted)
    dump, wal = database_dump(site), write_ahead_log(site)
    places = {"pg_dump": dump, "WAL": wal, "Redis": redis_contents(site), "logs": logs(site)}
    places["error pages"] = "\n".join(pages).encode()
    assert {name: found_in(content, planted) for name, content in places.items()} == dict.fromkeys(places, [])
    # The search itself works on this very material: what is not sealed is found.
    assert found_in(dump, ["Wells Window Cleaning"])
    assert found_in(wal, ["Wells Window Cleaning"])
    assert found_in(places["logs"], ["healthz"])


def _customer(site: Site, number: int) -> list[str]:
    """One enquiry with every field that holds customer data; returns what was planted."""
    code = secrets.token_hex(6)
    values = {
        "name": canary("name"), "address_line1": canary("street"), "town": canary("town"),
        "wishes": canary("wishes"), "access_notes": canary("access"), "phone": f"07700 900{number:03}",
    }  # fmt: skip
    email = f"{MARK.lower()}.{code}@example.com"
    answer = site.send_form(email, **values)
    assert answer.status == 303, answer.text[:2000]
    return [email, *values.values(), f"+447700900{number:03}"]


def _desk(site: Site, lead: str) -> list[str]:
    """What people write at the desk: a note, a call, a mail, a fact, a search."""
    values = [canary(kind) for kind in ("note", "call", "subject", "body", "search", "plan")]
    note, call, subject, body, search, plan = values
    for path, data in (
        (f"{lead}/notes", {"note": note, "note_type": "general"}),
        (f"{lead}/calls", {"outcome": "no_answer", "words": call}),
        (f"{lead}/messages", {"channel": "email", "recipient": "hannah@example.com", "subject": subject, "body": body}),
        (f"/w/{site.slug}/search", {"q": search}),
        (f"{lead}/plan", {"what": "task", "title": plan, "again": "morning"}),
    ):
        answer = site.ask("POST", path, data, who="alice")
        assert answer.status < 400, (path, answer.status, answer.text[:2000])
    return values


def _error_pages(site: Site, planted: list[str]) -> Iterator[str]:
    """Requests that fail with customer data in them; the pages that answer are no place for it either."""
    from urllib.parse import quote

    name = planted[1]
    for path in (f"/nowhere?q={quote(name)}", f"/w/{site.slug}/leads/{quote(name)}", f"/c/{quote(name)}"):
        yield site.ask("GET", path, who="alice").text
    yield site.ask("POST", f"/w/{site.slug}/leads/new", {"name": name}, Cookie="").text  # nobody is signed in
    yield site.ask("POST", "/hooks/twilio/none", {"Body": name}).text
    yield site.ask("PUT", site.form_path, {"name": name}).text
    yield site.ask("POST", site.form_path, {"name": name * 5000}).text


def _opens_for_alice(site: Site, planted: list[str]) -> bool:
    """Whether the values arrived at all: on the page of one who may see them they stand in plain words."""
    from html import escape

    lead = site.sql("select id from leads order by created_at desc limit 1")[0][0]
    page = site.ask("GET", f"/w/{site.slug}/leads/{lead}", who="alice").text
    return any(escape(value) in page for value in planted if "name" in value)
