"""The settings of a workspace: who changes them, what is refused, and two people at once."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.districts import read_districts
from app.extensions import db
from app.workspaces.models import Workspace
from tests.support.client import Client
from tests.support.guarding import unsaved_forms
from tests.support.world import World

URL = "/w/wells/settings"
#: What else stands in the section of quotes.
REST = {"quote_reminder_days": "3"}
LOST = {"price_review_month": "5", "bin_days": "14"}


def test_shows_what_is_stored(alice: Client) -> None:
    page = alice.get(URL).text
    assert 'value="Wells Window Cleaning"' in page
    assert 'value="WWC"' in page
    assert "bob@example.com" in page


def test_a_section_is_stored_and_told(alice: Client, world: World) -> None:
    answer = change(alice, "lost", LOST)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{URL}#lost")

    stored = workspace()
    assert (stored.price_review_month, stored.bin_days) == (5, 14)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "workspace.settings_changed")).one()
    assert entry.actor_id == world.alice.user_id
    assert "14" in (entry.after or "") and "30" in (entry.before or "")


def test_blanks_that_come_with_pasted_words_keep_them_apart(alice: Client) -> None:
    pasted = "Pay within 14\u00a0days\tor by debit.\r\nNo\u202fshow:\x07 full price."
    assert change(alice, "quotes", {"quote_valid_days": "14", "quote_terms": pasted, **REST}).status_code == 303
    assert workspace().quote_terms == "Pay within 14 days or by debit.\nNo show: full price."


def test_saving_without_a_change_is_told_to_nobody(alice: Client) -> None:
    change(alice, "numbers", {"lead_number_prefix": "wwc", "lead_number_year": "YYYY"})
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "workspace.settings_changed")).all() == []


@pytest.mark.parametrize(
    ("section", "typed", "said"),
    [
        ("lost", {**LOST, "bin_days": "many"}, "whole number from 1 to 365"),
        ("area", {"service_districts": "BA5, nowhere"}, "Not postcode districts: NOWHERE"),
        ("numbers", {"lead_number_prefix": "1A", "lead_number_year": "YYYY"}, "a letter first"),
        ("quotes", {"quote_valid_days": "0", "quote_terms": "x", **REST}, "whole number from 1 to 365"),
        ("business", {"name": "", "accent": "#00686f"}, "Enter the name of the business."),
        ("business", {"name": "W", "accent": "red;}"}, "Choose a colour"),
        ("business", {"name": "W", "accent": "#00686f", "reply_email": "x@"}, "Enter an email address"),
        ("business", {"name": "W", "accent": "#00686f", "phone": "call me"}, "Enter a phone number"),
    ],
)
def test_says_what_is_wrong_and_keeps_what_was_typed(
    alice: Client, section: str, typed: dict[str, str], said: str
) -> None:
    before = workspace().version
    answer = change(alice, section, typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert unsaved_forms(answer.text) == [URL], "the refused section, and no other"
    assert workspace().version == before
    if "bin_days" in typed:
        assert f'value="{typed["bin_days"]}"' in answer.text


def test_the_second_of_two_editors_sees_both(alice: Client) -> None:
    mark = seen(alice, "quotes")
    change(alice, "quotes", {"quote_valid_days": "14", "quote_terms": "Ours", **REST})

    typed = {"section": "quotes", "seen": mark, "quote_valid_days": "60", "quote_terms": "Mine", **REST}
    answer = alice.post(URL, data=typed)

    assert answer.status_code == 409
    assert "Someone else changed this" in answer.text
    assert ">14<" in answer.text and 'value="60"' in answer.text and "Mine" in answer.text
    assert workspace().quote_valid_days == 14 and unsaved_forms(answer.text) == [URL]
    mark_now = re.search(r'name="section" value="quotes"><input type="hidden" name="seen" value="(\w+)"', answer.text)
    assert mark_now is not None
    again = {"section": "quotes", "seen": mark_now[1], "quote_valid_days": "60", "quote_terms": "Mine", **REST}
    assert alice.post(URL, data=again).status_code == 303
    assert workspace().quote_valid_days == 60


def test_who_mends_a_slip_still_hears_of_the_other_editor(alice: Client) -> None:
    mark = seen(alice, "quotes")
    change(alice, "quotes", {"quote_valid_days": "14", "quote_terms": "Ours", **REST})
    mine = {"section": "quotes", "seen": mark, "quote_valid_days": "0", "quote_terms": "Mine", **REST}
    refused = alice.post(URL, data=mine)
    assert refused.status_code == 422
    again = re.search(r'value="quotes"><input type="hidden" name="seen" value="(\w+)"', refused.text)
    assert again is not None
    assert alice.post(URL, data={**mine, "seen": again[1], "quote_valid_days": "60"}).status_code == 409
    assert workspace().quote_terms == "Ours"


def test_two_people_may_change_different_sections(alice: Client) -> None:
    mark = seen(alice, "quotes")
    change(alice, "lost", LOST)
    typed = {"section": "quotes", "seen": mark, "quote_valid_days": "60", "quote_terms": "Mine", **REST}
    answer = alice.post(URL, data=typed)
    assert answer.status_code == 303


@pytest.mark.parametrize("who", ["bob", "carol"])
def test_sales_and_crew_see_no_settings(request: pytest.FixtureRequest, world: World, who: str) -> None:
    assert request.getfixturevalue(who).get(URL).status_code == 403


def test_a_viewer_reads_but_changes_nothing(dave: Client) -> None:
    page = dave.get(URL)
    assert page.status_code == 200
    assert "disabled" in page.text and "Deactivate" not in page.text
    assert change(dave, "lost", LOST).status_code == 403
    assert dave.post(f"{URL}/forms", data={"name": "Mine"}).status_code == 403


def test_another_workspace_is_not_there(mallory: Client, world: World) -> None:
    assert mallory.get(URL).status_code == 404
    assert mallory.post(URL, data={"section": "lost", **LOST}).status_code == 404
    assert workspace().bin_days == 30


def test_an_unknown_section_is_refused(alice: Client) -> None:
    assert alice.post(URL, data={"section": "plans", "seen": ""}).status_code == 400


def test_the_service_area_takes_lists_and_ranges(alice: Client) -> None:
    change(alice, "area", {"service_districts": "BA3-BA5, ba16\nTA1 to TA3; BS28 4QQ BA5"})
    stored = workspace()
    assert stored.service_districts == ["BA3", "BA4", "BA5", "BA16", "TA1", "TA2", "TA3", "BS28"]
    assert stored.serves("BA4") and not stored.serves("BA2")
    change(alice, "area", {"service_districts": ""})
    assert workspace().serves("BA2")


@pytest.mark.parametrize(
    ("text", "found", "wrong"),
    [
        ("", [], []),
        ("BA11 - BA9", [], 1),
        ("BA3-BS5", [], 1),
        ("BA5,BA5 ,, BA6", ["BA5", "BA6"], []),
        ("EC1A W1A", ["EC1A", "W1A"], []),
        ("Ba3–ba4", ["BA3", "BA4"], []),
    ],
)
def test_districts(text: str, found: list[str], wrong: Any) -> None:
    districts, unknown = read_districts(text)
    assert districts == found
    assert len(unknown) == (wrong or 0)


def change(client: Client, section: str, typed: dict[str, str]) -> Any:
    return client.post(URL, data={"section": section, "seen": seen(client, section), **typed})


def seen(client: Client, section: str) -> str:
    page = client.get(URL)
    return mark_of(page.text, section) if page.status_code == 200 else ""


def mark_of(page: str, section: str) -> str:
    found = re.search(rf'name="section" value="{section}"><input type="hidden" name="seen" value="(\w+)"', page)
    assert found is not None
    return found[1]


def workspace() -> Workspace:
    return db.session.scalars(select(Workspace).where(Workspace.slug == "wells")).one()


def test_what_the_phones_bar_has_no_room_for_is_in_its_menu(alice, bob, dave):
    for who, has_reports in ((alice, True), (bob, False), (dave, True)):
        page = who.get(f"/w/{who.slug}/leads").text
        nav, menu = page.split('<details class="menu up me">')[0], page.split('<details class="menu up me">')[1]
        menu = menu.split("</details>")[0]
        hidden = re.findall(r'<a href="([^"]+)" class="not-on-phone"', nav.split('id="nav"')[1])
        assert any("/reports" in href for href in hidden) == has_reports
        assert hidden and all(f'class="only-on-phone" href="{href}"' in menu for href in hidden)


def test_the_sidebar_counts_anew_without_the_page(alice, make_lead):
    before = alice.get(f"/w/{alice.slug}/sidebar?nav=board", hx=True).text
    make_lead(name="Hannah Cole", stage_key="ready_for_squeegee")

    after = alice.get(f"/w/{alice.slug}/sidebar?nav=board", hx=True).text

    assert 'class="count"' not in before
    assert ">1<" in after and 'aria-current="page"' in after
