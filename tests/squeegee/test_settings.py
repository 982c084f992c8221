"""The settings: what each page keeps, refuses, and shows beside it."""

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from app.extensions import db
from app.squeegee import services
from app.squeegee.queries import get_account
from app.squeegee.words import SECTION_WORDS
from tests.lead_forms.sheets import Fields
from tests.squeegee.desk import Desk
from tests.support.client import Client

FIRST = "/w/wells/squeegee/settings"


def seen(section: str) -> str:
    db.session.expire_all()
    return services.fingerprint(get_account(), section)


def save(browser: Client, section: str, **fields: Any) -> Any:
    data = {"seen": seen(section), **fields}
    return browser.post(f"{FIRST}/{section}", data=data)


def connection(**other: Any) -> dict[str, Any]:
    db.session.expire_all()
    account = get_account()
    return {"base_url": account.base_url, "seen": services.connection_seen(account), "token": "", **other}


def test_the_token_is_written_and_never_shown(desk: Desk, alice: Any) -> None:
    page = alice.get(FIRST).text
    assert desk.far_end.token not in page and f"ends in {desk.far_end.token[-4:]}" in page
    assert alice.post(FIRST, data=connection()).status_code == 303
    assert get_account().token == desk.far_end.token
    moved = alice.post(FIRST, data=connection(base_url="https://elsewhere.example.com"))
    assert moved.status_code == 422 and "Enter the token again" in moved.text
    assert "https://elsewhere.example.com" in moved.text


@pytest.mark.parametrize("section", SECTION_WORDS)
def test_a_page_saved_as_it_is_shown_changes_nothing(desk: Desk, ready_lead: Any, alice: Any, section: str) -> None:
    ready_lead(name="Olive Penrose")
    page = alice.get(f"{FIRST}/{section}").text
    assert "Olive Penrose" in page and len(page) < 60_000
    before = get_account().version
    assert alice.post(f"{FIRST}/{section}", data=MultiDict(Fields(page).pairs)).status_code == 303
    db.session.expire_all()
    assert get_account().version == before
