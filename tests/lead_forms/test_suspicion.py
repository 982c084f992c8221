"""Robots: doubted quietly, refused only when they come in crowds."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from werkzeug.test import TestResponse

from app.extensions import redis_door
from app.lead_forms.services import suspicion
from tests.lead_forms.conftest import Page, leads, submissions
from tests.support.client import Client

Send = Callable[..., TestResponse]
Prove = Callable[[str], str]
STRANGER = "203.0.113.7"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"homepage": "http://spam.example"}, "honeypot"),
        ({"name": "Buy www.spam.example"}, "links"),
        ({"wishes": "http://a.example http://b.example http://c.example"}, "links"),
    ],
)
def test_a_suspect_sending_waits_and_the_sender_sees_nothing_of_it(
    send: Send, client: Client, changed: dict[str, str], reason: str
) -> None:
    response = send(**changed)
    assert response.status_code == 303
    page = client.get(response.headers["Location"])
    assert "Your request has arrived" in page.text
    assert leads() == []
    (kept,) = submissions()
    assert (kept.state, kept.suspicion, kept.lead_id) == ("quarantined", reason, None)


def test_a_form_sent_within_two_seconds_waits(send: Send, token: Callable[..., str]) -> None:
    send(token=token(timedelta(seconds=1)))
    assert [kept.suspicion for kept in submissions()] == ["too_quick"]
    send(token=token(timedelta(seconds=3)))
    assert len(leads()) == 1


def test_an_ordinary_link_is_no_reason_for_who_proves_work(send: Send, token: Callable[..., str], prove: Prove) -> None:
    wishes = "We are at https://maps.example/abc, second house"
    send(wishes=wishes)
    assert [kept.suspicion for kept in submissions()] == ["links"]
    page = token()
    send(wishes="You find us at https://maps.example/abc", token=page, proof=prove(page))
    assert len(leads()) == 1


def test_a_crowd_from_one_network_waits_and_then_is_refused(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspicion, "DOUBTFUL_PER_BLOCK", RateLimitItemPerHour(2))
    monkeypatch.setattr(suspicion, "REFUSED_PER_BLOCK", RateLimitItemPerHour(4))
    monkeypatch.setattr(suspicion, "UNPROVEN_PER_BLOCK", RateLimitItemPerHour(9))
    for last in range(4):
        assert send(address=f"203.0.113.{last + 1}").status_code == 303
    assert [kept.suspicion for kept in submissions()] == [None, None, "too_many", "too_many"]
    refused = send(address=STRANGER)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "3600"
    assert "try again in an hour" in refused.text
    assert Page(refused.text).fields["name"] == ["Hannah Cole"]
    assert len(submissions()) == 4
    assert send(address="198.51.100.1").status_code == 303
    assert len(leads()) == 3


def test_a_flood_to_one_form_waits(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspicion, "DOUBTFUL_PER_FORM", RateLimitItemPerMinute(1))
    send(address="203.0.113.1")
    send(address="198.51.100.1")
    assert [kept.suspicion for kept in submissions()] == [None, "flood"]


def test_a_repeat_is_not_counted(send: Send, token: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspicion, "REFUSED_PER_BLOCK", RateLimitItemPerHour(1))
    one = token()
    assert [send(token=one, address=STRANGER).status_code for _ in range(3)] == [303, 303, 303]


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        ("We offer \u0441heap followers for your business", "scripts"),  # its first letter is Cyrillic
        ("\u0420\u0435\u043a\u043b\u0430\u043c\u0430 " * 3, "scripts"),
        ("Caf\u00e9 at n\u00ba 4, na\u00efve fa\u00e7ade, 3 \u00b5m film, \u0141\u00f3d\u017a curtains", None),
        ("Dim ond y ffenestri blaen, os gwelwch yn dda: t\u0177 coch", None),
    ],
)  # fmt: skip
def test_odd_letters_are_doubted_and_accents_are_not(send: Send, wishes: str, reason: str | None) -> None:
    send(wishes=wishes)
    assert [kept.suspicion for kept in submissions()] == [reason]


def test_a_name_in_its_own_script_is_a_name(send: Send) -> None:
    send(name="\u738b\u5c0f\u660e")
    assert len(leads()) == 1


ADVERT = "Dear owner, we bring your site to the top of every list 100 % guaranteed"


def test_words_that_were_thrown_away_are_doubted_when_they_come_again(
    send: Send, alice: Client, token: Callable[..., str], prove: Prove
) -> None:
    def again(**changed: str) -> str | None:
        page = token()
        send(token=page, proof=prove(page), wishes=ADVERT.upper().replace("100", "99"), access_notes="", **changed)
        return submissions()[-1].suspicion

    send(wishes=ADVERT, access_notes="", token=token(timedelta(seconds=1)))
    first = submissions()[0]
    assert first.suspicion == "too_quick"
    assert again() is None  # a person may be quick, and then try again
    alice.post(f"/w/wells/quarantine/{first.id}/delete")
    assert again() == "repeated"
    alice.post(f"/w/wells/quarantine/{submissions()[-1].id}/release")
    assert [kept.text_key is None for kept in submissions()] == [False, True, True]


def test_without_proofs_a_few_an_hour_come_through(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspicion, "UNPROVEN_PER_BLOCK", RateLimitItemPerHour(2))
    for last in range(3):
        send(address=f"203.0.113.{last + 1}")
    send(address="198.51.100.1")
    assert [kept.suspicion for kept in submissions()] == [None, None, "unproven", None]


def test_a_crowd_is_turned_away_before_anything_is_looked_at(
    send: Send, monkeypatch: pytest.MonkeyPatch, count_sql: Callable[..., Any]
) -> None:
    monkeypatch.setattr(suspicion, "CROWD_PER_BLOCK", RateLimitItemPerHour(1))
    assert send(address=STRANGER, token="rubbish").status_code == 422
    with count_sql() as statements:
        refused = send(address=STRANGER)
    assert (refused.status_code, refused.mimetype, len(statements)) == (429, "text/plain", 0)
    assert send(address="198.51.100.1").status_code == 303


def test_addresses_of_forms_that_are_made_up_leave_little_behind(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted for each stays for an hour, and an address may be as long as a request's first line."""
    monkeypatch.setattr(suspicion, "EVERYWHERE_PER_BLOCK", RateLimitItemPerHour(5))
    before = redis_door.client.dbsize()
    for number in range(20):
        kept = client.post(f"/q/{number}{'x' * 3000}", csrf=False, environ_overrides={"REMOTE_ADDR": STRANGER})
        assert kept.status_code == (404 if number < 5 else 429)
    assert redis_door.client.dbsize() - before <= 6
    assert all(len(key) < 300 for key in redis_door.client.keys("*"))
