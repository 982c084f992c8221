"""A quote is written at the desk: read, checked, kept, and never lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.activities.models import Activity
from app.core.tenancy import acting_in
from app.extensions import db
from app.quotes.models import Quote
from app.quotes.queries import latest_quote, quotes_of
from app.quotes.services import send_quote
from app.workspaces.queries import today_here
from tests.quotes.conftest import typed_quote
from tests.support.client import Client
from tests.support.world import World


def url(lead: Any, slug: str = "wells") -> str:
    return f"/w/{slug}/leads/{lead.id}/quotes/new"


def test_the_form_starts_from_what_was_asked_for(alice: Client, lead: Any) -> None:
    page = alice.get(url(lead))
    assert page.status_code == 200
    assert "every 8 weeks" in page.text
    assert (today_here() + timedelta(days=30)).isoformat() in page.text


def test_a_draft_is_kept_and_shown_as_its_customer_will_see_it(alice: Client, lead: Any) -> None:
    answer = alice.post(url(lead), data=typed_quote())
    assert answer.status_code == 303
    quote = latest_quote(lead.id)
    assert quote is not None
    assert (quote.number, quote.state, quote.version_no) == (f"{lead.number}-Q1", "draft", 1)
    assert [(rung.frequency, rung.price_minor) for rung in quote.options] == [
        ("4_weekly", 1900), ("8_weekly", 2400), ("12_weekly", 2900), ("one_off", 5800),
    ]  # fmt: skip
    assert [(line.description, line.amount_minor) for line in quote.lines] == [
        ("Outside windows, frames and sills", None), ("Conservatory roof", 4500),
    ]  # fmt: skip
    assert [rung.first_minor for rung in quote.options] == [3650, 3650, None, None]
    page = alice.get(answer.headers["Location"])
    for words in (
        "Hannah, here is your price",
        "£156 a year",
        "£36.50",
        "£45",
        "Send by email",
        "Send by SMS",
        "Draft",
    ):
        assert words in page.text
    whole = alice.get(f"/w/wells/quotes/{quote.id}/preview")
    assert whole.status_code == 200
    assert "Nothing can be pressed here" in whole.text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({f"price_{key}": "" for key in ("4_weekly", "8_weekly", "12_weekly", "one_off")}, "price_4_weekly"),
        ({"price_8_weekly": "about 24"}, "price_8_weekly"),
        ({"price_8_weekly": "0"}, "price_8_weekly"),
        ({"price_8_weekly": "-5"}, "price_8_weekly"),
        ({"price_8_weekly": "9999999999"}, "price_8_weekly"),
        ({"first_8_weekly": "twice"}, "first_8_weekly"),
        ({"line_amount": ["", "cheap", ""]}, "line_amount-1"),
        ({"line_text": ["Windows", "", ""]}, "line_text-1"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"valid_until": "soon"}, "valid_until"),
        ({"valid_until": "9999-12-31"}, "valid_until"),
        ({"note": "x" * 2001}, "note"),
        ({"terms": "x" * 10001}, "terms"),
    ],
)
def test_what_cannot_be_taken_is_explained_and_kept(
    alice: Client, lead: Any, changes: dict[str, Any], field: str
) -> None:
    answer = alice.post(url(lead), data=typed_quote(**changes))
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert "We come on Tuesdays." in answer.text or "note" in changes
    assert 'value="58"' in answer.text or "price_one_off" in changes
    assert quotes_of(lead.id) == []


def test_lines_behind_those_that_were_emptied_are_kept(alice: Client, lead: Any) -> None:
    words = ["", "", *(f"Work {number}" for number in range(28)), "", "", "The last one"]  # 30 lines and 3 to spare
    typed = typed_quote(line_text=words, line_amount=[""] * len(words))
    assert alice.post(url(lead), data=typed).status_code == 303
    quote = latest_quote(lead.id)
    assert quote is not None and (len(quote.lines), quote.lines[-1].description) == (29, "The last one")


def test_too_many_lines_all_come_back(alice: Client, lead: Any) -> None:
    typed = typed_quote(line_text=[f"Work {number}" for number in range(33)], line_amount=[""] * 33)
    answer = alice.post(url(lead), data=typed)
    assert answer.status_code == 422 and "A quote has at most 30 lines." in answer.text
    assert 'value="Work 32"' in answer.text


def test_all_that_is_wrong_is_said_at_once_and_nothing_else(alice: Client, lead: Any) -> None:
    none = {f"price_{key}": "" for key in ("4_weekly", "12_weekly", "one_off")}
    wrong = {"price_8_weekly": "about 24", "valid_until": "2020-01-01", "note": "x" * 2001}
    answer = alice.post(url(lead), data=typed_quote(**none, **wrong))
    said = re.findall(r'id="f-([a-z0-9_-]+)-error"', answer.text)
    assert sorted(said) == ["note", "price_8_weekly", "valid_until"]


def test_control_characters_and_breaks_are_taken_out(alice: Client, lead: Any) -> None:
    answer = alice.post(url(lead), data=typed_quote(terms="one\r\ntwo\x00", line_text=["Win\x00dows\n", "", ""],
                                                    line_amount=["", "", ""]))  # fmt: skip
    assert answer.status_code == 303
    quote = latest_quote(lead.id)
    assert quote is not None
    assert quote.terms == "one\ntwo"
    assert quote.lines[0].description == "Windows"


def test_a_draft_is_written_on_not_doubled(alice: Client, lead: Any) -> None:
    alice.post(url(lead), data=typed_quote())
    first = latest_quote(lead.id)
    assert first is not None
    form = alice.get(url(lead)).text
    mark = f"{first.id}.{first.version}"
    assert f'name="seen" value="{mark}"' in form
    assert 'value="36.50"' in form
    answer = alice.post(url(lead), data=typed_quote(seen=mark, price_8_weekly="26"))
    assert answer.status_code == 303
    assert [(view.number[-2:], view.rungs[1].price_minor) for view in _versions(lead)] == [("Q1", 2600)]
    stale = alice.post(url(lead), data=typed_quote(seen=mark, price_8_weekly="27"))
    assert stale.status_code == 409


def test_two_writers_do_not_overwrite_each_other(alice: Client, bob: Client, lead: Any) -> None:
    alice.post(url(lead), data=typed_quote(price_8_weekly="26"))
    answer = bob.post(url(lead), data=typed_quote(price_8_weekly="31"))
    assert answer.status_code == 409
    assert 'value="31"' in answer.text
    assert _versions(lead)[0].rungs[1].price_minor == 2600
    assert "meanwhile: £19 every 4 weeks, £26 every 8 weeks," in answer.text  # Bob sees it, and chooses
    seen = answer.text.partition('name="seen" value="')[2].partition('"')[0]
    assert bob.post(url(lead), data=typed_quote(price_8_weekly="31", seen=seen)).status_code == 303
    assert [each.rungs[1].price_minor for each in _versions(lead)] == [3100]


def test_a_draft_that_was_sent_meanwhile_is_followed_by_the_next(
    alice: Client, bob: Client, lead: Any, world: World
) -> None:
    alice.post(url(lead), data=typed_quote())
    mine = typed_quote(price_8_weekly="26", seen=alice.get(url(lead)).text.partition('name="seen" value="')[2][:38])
    send_quote(_versions(lead)[0].id, "email", world.bob.actor)
    answer = alice.post(url(lead), data=mine)
    assert answer.status_code == 409 and "was sent meanwhile" in answer.text
    assert alice.post(url(lead), data={**mine, "seen": ""}).status_code == 303
    assert 'name="seen" value=""' in answer.text
    assert [(each.number[-2:], each.standing) for each in _versions(lead)] == [("Q2", "draft"), ("Q1", "open")]


def test_the_drawer_gets_a_fragment_and_its_address(alice: Client, lead: Any) -> None:
    form = alice.get(url(lead), hx=True)
    assert "<html" not in form.text
    assert 'hx-target="#drawer"' in form.text
    bad = alice.post(url(lead), data=typed_quote(first_4_weekly="x"), hx=True)
    assert bad.status_code == 422
    assert "<html" not in bad.text
    good = alice.post(url(lead), data=typed_quote(), hx=True)
    quote = latest_quote(lead.id)
    assert quote is not None
    assert good.headers["HX-Push-Url"] == f"/w/wells/quotes/{quote.id}"
    assert "Send by email" in good.text


def test_the_panel_lists_versions(alice: Client, dave: Client, lead: Any, sent: Callable[..., Quote]) -> None:
    path = f"/w/wells/leads/{lead.id}/quotes"
    assert "Write a quote" in alice.get(path, hx=True).text
    assert "Write a quote" not in dave.get(path, hx=True).text
    sent(lead)
    panel = alice.get(path, hx=True).text
    assert f"{lead.number}-Q1" in panel
    assert "Sent" in panel
    assert "New version" in panel


def test_who_may_not_write(dave: Client, carol: Client, lead: Any) -> None:
    for person in (dave, carol):
        assert person.get(url(lead)).status_code in (403, 404)
        assert person.post(url(lead), data=typed_quote()).status_code in (403, 404)
    assert quotes_of(lead.id) == []


def test_another_workspace_finds_nothing(mallory: Client, lead: Any, write: Callable[..., Quote]) -> None:
    quote = write(lead)
    for slug in ("rival", "wells"):
        for path in (f"/leads/{lead.id}/quotes/new", f"/leads/{lead.id}/quotes", f"/quotes/{quote.id}",
                     f"/quotes/{quote.id}/preview"):  # fmt: skip
            assert mallory.get(f"/w/{slug}{path}").status_code == 404
        assert mallory.post(f"/w/{slug}/leads/{lead.id}/quotes/new", data=typed_quote()).status_code == 404
        assert mallory.post(f"/w/{slug}/quotes/{quote.id}/send", data={"channel": "email"}).status_code == 404
    assert [view.standing for view in quotes_of(lead.id)] == ["draft"]


def test_the_note_is_sealed(lead: Any, write: Callable[..., Quote], world: World) -> None:
    quote = write(lead, note="The key is under the frog")
    raw = db.session.execute(select(Quote.note_sealed).where(Quote.id == quote.id)).scalar_one()
    assert b"frog" not in bytes(raw)
    with acting_in(world.workspace_id):
        data = [activity.data for activity in db.session.scalars(select(Activity))]
    assert "frog" not in str(data)


def _versions(lead: Any) -> Any:
    db.session.expire_all()
    return quotes_of(lead.id)
