"""The settings: what each page keeps, refuses, and shows beside it."""

import json
import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.audit.models import AuditEntry
from app.extensions import db
from app.squeegee import services
from app.squeegee.mapping.shown import usual_columns
from app.squeegee.mapping.typed import MOST_COLUMNS, MOST_ROUNDS
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


@pytest.mark.parametrize(
    "address", ["wells.sqgee.com", "ftp://x.example.com", "https://u:p@x.example.com", "https://x.example.com/a"]
)
def test_an_address_that_is_none_is_refused(desk: Desk, alice: Any, address: str) -> None:
    answer = alice.post(FIRST, data=connection(base_url=address, token="PARTNER-1"))
    assert answer.status_code == 422 and "Enter the address like" in answer.text and address in answer.text


def test_two_people_at_the_connection_do_not_overwrite_each_other(desk: Desk, alice: Any) -> None:
    mine = connection(base_url="https://mine.example.com", token="PARTNER-mine")
    assert (
        alice.post(FIRST, data=connection(base_url="https://hers.example.com", token="PARTNER-hers")).status_code == 303
    )
    answer = alice.post(FIRST, data=mine)
    assert answer.status_code == 409
    assert "It is https://hers.example.com now" in answer.text and 'value="https://mine.example.com"' in answer.text
    again = mine | {"seen": re.search(r'name="seen" value="(\w+)"', answer.text)[1]}
    assert alice.post(FIRST, data=again).status_code == 303
    assert get_account().base_url == "https://mine.example.com"


@pytest.mark.parametrize("section", SECTION_WORDS)
def test_small_acts_of_a_page_do_not_hide_who_was_quicker(desk: Desk, alice: Any, section: str) -> None:
    page = alice.get(f"{FIRST}/{section}").text
    fields = MultiDict(Fields(page).pairs)
    fields["seen"] = "as-it-was"
    shown = alice.post(f"{FIRST}/{section}", data=MultiDict([*fields.items(multi=True), ("act", "add:0")]))
    assert shown.status_code == 200 and dict(Fields(shown.text).pairs)["seen"] == "as-it-was"


def test_a_new_secret_is_shown_once(desk: Desk, alice: Any) -> None:
    before = get_account().webhook_secret
    shown = alice.post(f"{FIRST}/secret").text
    secret = get_account().webhook_secret
    assert secret != before and secret in shown
    assert secret not in alice.get(FIRST).text


def tried(browser: Client) -> str:
    assert browser.post(f"{FIRST}/test").status_code == 303
    return browser.get(FIRST).text


def test_the_test_of_the_connection_makes_nothing_and_tells_no_token(desk: Desk, alice: Any) -> None:
    version = get_account().version
    page = tried(alice)
    assert "Squeegee answers, and takes the token" in page and "Tested just now" in page
    assert desk.far_end.state()["customers"] == []
    assert get_account().version == version
    assert desk.far_end.token not in page
    for entry in db.session.scalars(select(AuditEntry)):
        assert desk.far_end.token not in f"{entry.before}{entry.after}"


def test_the_test_of_the_connection_says_no_more_than_it_knows(desk: Desk, alice: Any, mailbox: Any) -> None:
    for address, words in (
        (desk.far_end.url, "Squeegee refuses the token"),
        (mailbox.url, "That shows with the first transfer"),  # something that knows neither path nor token
        ("http://127.0.0.1:9", "Nobody answers there"),
        ("http://169.254.169.254", "The address may not be used"),
    ):
        assert alice.post(FIRST, data=connection(base_url=address, token="PARTNER-wrong")).status_code == 303
        assert "Tested" not in alice.get(FIRST).text
        page = tried(alice)
        assert words.lower() in page.lower() and "PARTNER-wrong" not in page


def test_without_a_connection_there_is_nothing_to_test(alice: Any) -> None:
    assert "Test the connection" not in alice.get(FIRST).text
    assert alice.post(f"{FIRST}/test").status_code == 409


def test_what_is_typed_wrong_stays_beside_what_to_do(desk: Desk, alice: Any) -> None:
    before = get_account().version
    answer = save(alice, "rounds", round=["Wells", "Frome"], districts=["BA5", "Somewhere"])
    assert answer.status_code == 422
    assert 'value="Somewhere"' in answer.text and "No postcode district: SOMEWHERE" in answer.text
    assert 'href="#f-districts_1"' in answer.text and 'id="f-districts_1"' in answer.text
    answer = save(alice, "wording", tags="{nobody}", notes="Kept as typed")
    assert answer.status_code == 422 and "There is no {nobody}" in answer.text and "Kept as typed" in answer.text
    answer = save(alice, "advanced", **{"job_path": "jobs", "customer.name": "fullName"})
    assert answer.status_code == 422 and 'value="fullName"' in answer.text and 'id="f-job_path-error"' in answer.text
    db.session.expire_all()
    assert get_account().version == before


def test_someone_elses_page_is_not_overwritten_unseen(desk: Desk, alice: Any) -> None:
    stale = seen("wording")
    assert save(alice, "wording", tags="hers", notes="").status_code == 303
    assert save(alice, "rounds", round="Wells", districts="BA5").status_code == 303
    answer = alice.post(f"{FIRST}/wording", data={"seen": stale, "tags": "mine", "notes": ""})
    assert (
        answer.status_code == 409
        and "Someone else changed this page" in answer.text
        and ">mine</textarea>" in answer.text
    )
    assert alice.post(f"{FIRST}/wording", data={"seen": stale, "tags": "hers", "notes": ""}).status_code == 303
    assert get_account().tags == ["hers"]


def test_each_change_is_in_the_audit_log_with_what_was_before(desk: Desk, alice: Any) -> None:
    save(alice, "wording", tags="{town}", notes="{access}")
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert entry.action == "squeegee.mapping_changed"
    assert json.loads(entry.before) == {"notes_template": "", "tags": None}
    assert json.loads(entry.after) == {"notes_template": "{access}", "section": "wording", "tags": ["{town}"]}


PREVIEWED = {"section": "frequencies", "kind_6_weekly": ""}  # nothing that can be taken, so by what is kept


def test_what_is_settled_is_what_squeegee_gets(desk: Desk, ready_lead: Any, alice: Any, run_outbox: Any) -> None:
    lead = ready_lead(postcode="BA5 2QJ", frequency="6_weekly", wishes="Mind the roses.")
    save(alice, "rounds", round=["Wells, Tuesday"], districts=["BA5"])
    save(alice, "wording", tags="{round}\nSill", notes="Lead {number}\n{wishes}")
    save(alice, "frequencies", **often(weeks_6_weekly="8"))
    shown = alice.post(f"{FIRST}/preview", data={"lead": str(lead.id), **PREVIEWED}, hx=True).text
    desk.start(lead)
    run_outbox()
    job = desk.far_end.state()["by_reference"][lead.number]["jobs"][0]
    payload = next(each["payload"] for each in desk.far_end.state()["jobs"] if each["id"] == job)
    assert payload["tags"] == ["Wells, Tuesday", "Sill"]
    assert payload["notes"] == f"Lead {lead.number}\nMind the roses."
    assert payload["frequencyInterval"] == 8
    previewed = json.loads(unescape(re.search(r'aria-label="Job">(.*?)</pre>', shown, re.S)[1]))
    assert {name: previewed[name] for name in ("tags", "notes", "frequencyInterval", "services")} == {
        name: payload[name] for name in ("tags", "notes", "frequencyInterval", "services")
    }


def often(**other: str) -> dict[str, str]:
    """The page of frequencies as it usually is."""
    page = {f"kind_{weeks}_weekly": "weeks" for weeks in (4, 6, 8, 12)} | {"kind_one_off": "adhoc"}
    return page | {f"weeks_{weeks}_weekly": str(weeks) for weeks in (4, 6, 8, 12)} | other


def test_the_preview_follows_what_is_typed_before_it_is_saved(desk: Desk, ready_lead: Any, alice: Any) -> None:
    lead = ready_lead(name="Olive Penrose", extras=["velux"])
    typed = {"section": "wording", "lead": str(lead.id), "tags": "typed so far", "notes": "{extras}"}
    part = alice.post(f"{FIRST}/preview", data=typed, hx=True).text
    assert "typed so far" in part and "velux windows" in part and part.lstrip().startswith("<div")
    part = alice.post(f"{FIRST}/preview", data=typed | {"tags": "{nobody}"}, hx=True).text
    assert "can’t be taken yet" in part and "nobody" not in part
    assert get_account().tags is None
    nobody = alice.post(f"{FIRST}/preview", data={"section": "services", "lead": "x"}, hx=True).text
    assert "Olive Penrose" in nobody


def test_small_buttons_work_without_scripts_and_keep_nothing(desk: Desk, alice: Any) -> None:
    listed = (
        "Window cleaning\t9a1de0a6-0000-4000-8000-00000000000a\nPressure washing 9a1de0a6-0000-4000-8000-00000000000b"
    )
    page = save(alice, "services", act="paste", list=listed).text
    assert "1 id filled in by name" in page and "Pressure washing" in page
    assert dict(Fields(page).pairs)["service_window_cleaning"] == "9a1de0a6-0000-4000-8000-00000000000a"
    rows = {"title": ["Ref", "Name"], "fact": ["reference", "name"]}
    fields = MultiDict(Fields(save(alice, "file", act="up:1", **rows).text).pairs)
    assert fields.getlist("title")[:2] == ["Name", "Ref"]
    assert "These are the usual ones" in save(alice, "file", act="usual", **rows).text
    assert get_account().file_columns == []
    fields["act"] = ""
    assert alice.post(f"{FIRST}/file", data=fields).status_code == 303
    assert get_account().file_columns == [{"title": "Name", "fact": "name"}, {"title": "Ref", "fact": "reference"}]


def test_our_own_rounds_are_taken_over(desk: Desk, alice: Any) -> None:
    alice.post(
        "/w/wells/settings/rounds",
        data={"name": "Wells", "areas": "BA5, BA6 2", "first_day": "2026-11-24", "every_weeks": "4", "capacity": "8",
              "is_active": "1"},
    )  # fmt: skip
    page = save(alice, "rounds", act="ours", round="Frome", districts="BA11").text
    fields = MultiDict(Fields(page).pairs)
    assert fields.getlist("round")[:2] == ["Frome", "Wells"]
    assert fields.getlist("districts")[:2] == ["BA11", "BA5, BA6 2"]


def test_a_page_is_read_by_few_statements(desk: Desk, ready_lead: Any, alice: Any, count_sql: Any) -> None:
    ready_lead()
    for section in SECTION_WORDS:
        alice.get(f"{FIRST}/{section}")
        with count_sql() as statements:
            alice.get(f"{FIRST}/{section}")
        assert len(statements) <= 8, (section, statements)


def test_managers_and_others_have_no_business_here(desk: Desk, bob: Any, mallory: Any) -> None:
    for section in ("", *(f"/{section}" for section in SECTION_WORDS)):
        assert bob.get(FIRST + section).status_code == 403
        assert mallory.get(FIRST + section).status_code == 404


def test_the_pages_of_rows_stay_small_at_their_limits(desk: Desk, ready_lead: Any, alice: Any) -> None:
    ready_lead(name="Olive Penrose")
    places = "BA{0}, BS{0} 2, TA{0}, TA{0} 4, GL{0}, SN{0}"
    rounds = [(f"Mendip round {at}", places.format(at)) for at in range(1, MOST_ROUNDS + 1)]
    facts = [fact for fact in usual_columns()["fact"] if fact]
    columns = [(f"A column of our own {at}", facts[at % len(facts)]) for at in range(MOST_COLUMNS)]
    typed = {
        "rounds": {"round": [name for name, _ in rounds], "districts": [places for _, places in rounds]},
        "file": {"title": [title for title, _ in columns], "fact": [fact for _, fact in columns]},
    }  # fmt: skip
    for section, fields in typed.items():
        answer = alice.post(f"{FIRST}/{section}", data=MultiDict({"seen": seen(section), **fields}))
        assert answer.status_code == 303, answer.text
        page = alice.get(f"{FIRST}/{section}")
        assert page.text.count("data-row>") == len(next(iter(fields.values()))) + 1  # and the new row's template
        assert len(page.data) <= 60_000
