"""Robots: doubted quietly, refused only when they come in crowds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from werkzeug.test import TestResponse

from app.lead_forms.services import suspicion
from tests.lead_forms.conftest import Page, leads, submissions
from tests.support.client import Client

Send = Callable[..., TestResponse]
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


def test_an_ordinary_link_is_no_reason(send: Send) -> None:
    send(wishes="We are at https://maps.example/abc, second house")
    assert len(leads()) == 1


def test_a_crowd_from_one_network_waits_and_then_is_refused(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspicion, "DOUBTFUL_PER_BLOCK", RateLimitItemPerHour(2))
    monkeypatch.setattr(suspicion, "REFUSED_PER_BLOCK", RateLimitItemPerHour(4))
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
