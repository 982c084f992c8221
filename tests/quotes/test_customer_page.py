"""The customer's page: behind an unguessable link, without cookies, and reading it changes nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.activities.models import Activity
from app.core import access_keys
from app.extensions import db
from app.leads.services import delete_for_good, put_in_bin
from app.quotes.models import Quote
from app.workspaces.queries import today_here
from tests.support.client import Client

PAGES = ("", "/question", "/decline")
HOSTILE = "<script>alert('x')</script>{{7*7}}\"'><img src=x onerror=alert(1)>"


def path(quote: Quote) -> str:
    return f"/c/{quote.link_secret}"


def test_it_shows_the_offer(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    page = client.get(path(sent(lead))).text
    for words in (
        "Hannah, here is your price", "Mill Lane, Wells · outside windows", "Every 4 weeks", "£247 a year",
        "Every 8 weeks", "£156 a year", "Just once", "£58", "Roof: <b class=\"num\">£45</b>, charged once",
        "£36.50", "We come on Tuesdays.", "We clean in light rain.", "14-day cancellation period",
    ):  # fmt: skip
        assert words in page
    assert page.count('type="radio"') == 3
    assert page.count(" checked") == 1


@pytest.mark.parametrize("suffix", PAGES)
def test_its_headers(client: Client, lead: Any, sent: Callable[..., Quote], suffix: str) -> None:
    page = client.get(path(sent(lead)) + suffix)
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert '<meta name="referrer" content="no-referrer">' in page.text
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert 'content="noindex"' in page.text


@pytest.mark.parametrize("answer", ["accept", "slot"])
def test_an_answer_to_be_put_right_can_be_loaded_anew(
    client: Client, lead: Any, sent: Callable[..., Quote], answer: str
) -> None:
    page = path(sent(lead))
    assert "<body" in client.get(page).text and "data-sent" not in client.get(page).text
    assert "data-sent" in client.post(f"{page}/accept", data={"option": "8_weekly"}).text
    again = client.get(f"{page}/{answer}")
    assert (again.status_code, again.headers["Location"]) == (303, page)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("suffix", PAGES)
def test_reading_changes_nothing(
    client: Client, lead: Any, sent: Callable[..., Quote], method: str, suffix: str
) -> None:
    quote = sent(lead)
    before = _row(quote)
    activities = len(db.session.scalars(select(Activity.id)).all())
    assert client.open(path(quote) + suffix, method=method).status_code == 200
    assert _row(quote) == before
    assert len(db.session.scalars(select(Activity.id)).all()) == activities


def test_one_visit_counts_once(client: Client, alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    for _ in range(3):
        assert client.post(path(quote) + "/opened", csrf=False).status_code == 204
    assert _opens(quote) == 1
    db.session.execute(update(Quote).values(opened_at=Quote.opened_at - timedelta(minutes=11)))
    client.post(path(quote) + "/opened", csrf=False)
    assert _opens(quote) == 2
    assert "Opened twice" in alice.get(f"/w/wells/quotes/{quote.id}").text


def test_staff_looking_at_it_do_not_count(alice: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    assert alice.post(path(quote) + "/opened").status_code == 204
    assert _opens(quote) == 0


def test_every_unknown_link_gets_the_same_answer(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    secret = quote.link_secret
    assert secret is not None
    answers = [client.get(f"/c/{unknown}") for unknown in ("x", "a" * 32, "b" * 900, secret.swapcase(), secret + "x")]
    access_keys.revoke("quote", quote.workspace_id, quote.id)
    answers.append(client.get(f"/c/{secret}"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({_stripped(answer.text) for answer in answers}) == 1
    for verb in ("accept", "decline", "question", "opened"):
        assert client.post(f"/c/{secret}/{verb}", csrf=False).status_code == 404
    assert all("Set-Cookie" not in answer.headers for answer in answers)


def test_the_link_of_a_lead_that_was_deleted_for_good_is_unknown(
    client: Client, lead: Any, sent: Callable[..., Quote], world: Any
) -> None:
    link = path(sent(lead))
    put_in_bin(lead.id, world.alice.actor)
    delete_for_good([lead.id], world.alice.actor)
    unknown = _stripped(client.get("/c/x").text)
    for each in ("", "/details", "/quote.pdf", "/decline"):
        answer = client.get(link + each)
        assert answer.status_code == 404 and _stripped(answer.text) == unknown
    assert client.post(f"{link}/opened", csrf=False).status_code == 404


def test_an_expired_quote_says_so_with_the_telephone(
    client: Client, lead: Any, sent: Callable[..., Quote], world: Any
) -> None:
    from app.workspaces.models import Workspace

    quote = sent(lead)
    db.session.execute(update(Workspace).where(Workspace.id == world.workspace_id).values(phone="01749 960123"))
    db.session.execute(update(Quote).values(valid_until=today_here() - timedelta(days=1)))
    page = client.get(path(quote))
    assert page.status_code == 200
    assert "This quote has expired" in page.text
    assert 'href="tel:+441749960123"' in page.text
    answer = client.post(path(quote) + "/accept", data=_yes(quote), csrf=False)
    assert answer.status_code == 409
    assert "This quote has expired" in answer.text
    assert _row(quote)["state"] == "sent"


def test_it_is_valid_on_its_last_day(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    db.session.execute(update(Quote).values(valid_until=today_here()))
    assert "here is your price" in client.get(path(quote)).text


def test_hostile_words_stay_words(client: Client, alice: Client, make_lead: Any, sent: Callable[..., Quote]) -> None:
    from app.quotes.services import DraftLine

    lead = make_lead(name=HOSTILE, address_line1=HOSTILE, email="h@example.com")
    quote = sent(lead, note=HOSTILE, terms=HOSTILE, lines=[DraftLine(HOSTILE), DraftLine(HOSTILE, 100)])
    pages = [client.get(path(quote)).text, alice.get(f"/w/wells/quotes/{quote.id}").text]
    pages.append(client.post(path(quote) + "/accept", data={"name": HOSTILE}, csrf=False).text)
    pages.append(client.post(path(quote) + "/decline", data={"reason": "x", "words": HOSTILE}, csrf=False).text)
    client.post(path(quote) + "/accept", data=_yes(quote) | {"name": HOSTILE}, csrf=False)
    pages += [client.get(path(quote)).text, alice.get(f"/w/wells/quotes/{quote.id}").text]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "49" not in page.replace(HOSTILE, "") or "{{7*7}}" in page


def test_too_many_writes_are_slowed_down(client: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    quote = sent(lead)
    statuses = [client.post(path(quote) + "/question", data={"words": ""}, csrf=False).status_code for _ in range(31)]
    assert statuses[:30] == [422] * 30
    assert statuses[30] == 429


def _yes(quote: Quote) -> dict[str, str]:
    return {"option": str(quote.options[0].id), "name": "Hannah Cole"}


def _row(quote: Quote) -> dict[str, Any]:
    db.session.expire_all()
    return dict(db.session.execute(select(Quote.__table__).where(Quote.id == quote.id)).mappings().one())


def _opens(quote: Quote) -> int:
    return int(_row(quote)["open_count"])


def _stripped(page: str) -> str:
    import re

    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|nonce=\"[^\"]+\"", "", page)
