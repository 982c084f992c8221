"""What no browser sends: answered with a refusal, never with a breakdown."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.client import Client


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/login", {"email": "a\0b", "password": "x"}),
        ("/w/wells/leads/new", {"name": "Hannah", "phone": "07700 900123", "source_key": "pho\0ne"}),
        ("/w/wells/leads/new", {"name": "Hannah", "phone": "07700 900123", "property_type": "\0"}),
    ],
)
def test_nul_is_refused(alice: Client, client: Client, path: str, typed: dict[str, str]) -> None:
    answer = (client if path == "/login" else alice).post(path, data=typed)
    assert answer.status_code in (400, 422)
    assert answer.headers["Cache-Control"] == "no-store"


def test_nul_in_an_address_is_refused(alice: Client) -> None:
    assert alice.get("/w/wells/leads?source=%00&owner=%00&stage=%00").status_code < 500


def test_thousands_of_digits_are_no_length_of_a_call(alice: Client, make_lead: Callable[..., Any]) -> None:
    typed = {"outcome": "spoke", "minutes": "9" * 5000}
    assert alice.post(f"/w/wells/leads/{make_lead().id}/calls", data=typed).status_code == 422
