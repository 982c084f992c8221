"""From a telephone on a bad line: sendings that break off, photos, a price that follows, keys alone."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from app.extensions import db
from app.files.models import File
from app.lead_forms.models import LeadForm
from app.price_book.services.saving import store_version
from app.workspaces.models import Workspace
from app.workspaces.queries import today_here
from tests.lead_forms.conftest import leads, submissions
from tests.lead_forms.telephone import choose, fill_contact, fill_until_contact, go_on, heading
from tests.price_book.books import PLAIN
from tests.support.waiting import until
from tests.support.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.commits]


def cut(page: Page, url: str, *, arrives: bool) -> list[str]:
    """Break the line at the next sending, before it arrives or just after; returns what was cut."""
    seen: list[str] = []

    def act(route: Route) -> None:
        if route.request.method != "POST" or route.request.url != url or seen:
            return route.fallback()
        seen.append(route.request.url)
        if arrives:
            route.fetch(max_redirects=0)
        return route.abort("connectionreset")

    page.route("**/q/**", act)
    return seen


def test_a_sending_whose_answer_is_lost_goes_on_by_itself_and_is_one_lead(page: Page, url: str) -> None:
    page.goto(url)
    fill_until_contact(page)
    fill_contact(page)
    broken = cut(page, url, arrives=True)
    go_on(page)
    expect(page.locator("[data-send-note]")).to_contain_text("Nothing is lost")
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
    page.wait_for_url("**/thanks?t=*")
    db.session.expire_all()
    assert broken and len(leads()) == len(submissions()) == 1
    expect(page.locator("main")).to_contain_text(leads()[0].number)


def test_a_tab_that_was_closed_meanwhile_sends_when_it_is_opened_again(page: Page, url: str) -> None:
    page.goto(url)
    fill_until_contact(page)
    fill_contact(page)
    cut(page, url, arrives=True)
    go_on(page)
    expect(page.locator("[data-send-note]")).to_contain_text("Nothing is lost")
    again = page.context.new_page()
    page.close()
    again.goto(url)
    again.wait_for_url("**/thanks?t=*")
    assert again.evaluate("localStorage.length") == 0
    db.session.expire_all()
    assert len(leads()) == len(submissions()) == 1


def test_what_was_typed_is_forgotten_after_a_day_and_when_one_starts_again(page: Page, url: str) -> None:
    page.goto(url)
    fill_until_contact(page)
    page.locator("[name=name]").fill("Hannah")
    page.reload()
    expect(page.locator("[name=name]")).to_have_value("Hannah")
    page.get_by_role("button", name="Start again").click()
    heading(page, "Where are the windows?")
    expect(page.locator("[name=name]")).to_have_value("")
    fill_until_contact(page)
    page.evaluate(
        "const [key] = Object.keys(localStorage), it = JSON.parse(localStorage[key]);"
        "it.begun -= 24 * 60 * 60 * 1000; localStorage[key] = JSON.stringify(it)"
    )
    page.reload()
    heading(page, "Where are the windows?")
    assert page.evaluate("localStorage.length") == 0


@pytest.fixture
def full_form(form: LeadForm, workspace: Workspace, world: World) -> Iterator[None]:
    """The form tells prices and takes photos."""
    with world.alice.acting():
        store_version(PLAIN, today_here(), 1, world.alice.actor)
    steps = [("Where?", ["postcode"]), ("What?", ["property_type", "bedrooms", "service", "frequency"])]
    steps += [("Show us", ["photos"]), ("You", ["name", "phone", "email"])]
    form.content = {
        "price": "exact", "steps": [{"title": title, "questions": questions} for title, questions in steps]
    }  # fmt: skip
    db.session.commit()
    yield


def big_photo(name: str) -> dict[str, Any]:
    target = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "CanaryMaker"
    Image.new("RGB", (2000, 1500), "teal").save(target, "JPEG", exif=exif)
    return {"name": name, "mimeType": "image/jpeg", "buffer": target.getvalue()}


def test_the_price_follows_and_photos_travel_small(page: Page, url: str, full_form: None) -> None:
    held: list[Route] = []
    page.route(re.compile("/photos-?[^/]*[.]js"), lambda route: held.append(route))
    page.goto(url)
    page.locator("[name=postcode]").fill("BA5 2QJ")
    go_on(page)
    expect(page.locator("[data-price-line]")).to_have_text("Your price shows here as you answer")
    choose(page, "property_type", "semi")
    choose(page, "bedrooms", "3")
    expect(page.locator("[data-price-line]")).to_have_text("From £16 a visit")
    expect(page.locator(".option", has=page.locator("[value='12_weekly']"))).to_contain_text("£23")
    choose(page, "frequency", "8_weekly")
    expect(page.locator("[data-price-line]")).to_have_text("£20.50 every 8 weeks")
    go_on(page)
    page.locator("[name=photos]").set_input_files([big_photo("front.jpg"), big_photo("back.jpg")])
    until(page, lambda: held, "the script asked for")
    held[0].continue_()  # what was chosen counts, although the script came later
    expect(page.locator(".photo-list li")).to_have_count(2)
    page.get_by_role("button", name="Remove photo 1").click()
    expect(page.locator(".photo-list li")).to_have_count(1)
    go_on(page)
    page.locator("[name=name]").fill("Hannah Cole")
    page.locator("[name=phone]").fill("12 34")
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url == url):
        page.evaluate("document.querySelector('[name=phone]').value = '123456789 987654321'")
        go_on(page)
    expect(page.locator("#f-phone-error")).to_contain_text("not a phone number")
    page.locator("[name=phone]").fill("07700 900318")  # the photos are still chosen
    go_on(page)
    page.wait_for_url("**/thanks?t=*")
    expect(page.locator("main")).to_contain_text("£20.50 every 8 weeks")
    db.session.expire_all()
    (file,) = db.session.scalars(select(File))
    assert (file.width, file.lead_id) == (1600, leads()[0].id)
    assert leads()[0].price_minor == 2050


def test_by_keys_alone(page: Page, url: str) -> None:
    page.goto(url)
    heading(page, "Where are the windows?")
    page.keyboard.press("Tab")
    page.keyboard.type("ba5 2qj")
    page.keyboard.press("Enter")
    heading(page, "What kind of place is it?")
    expect(page.locator("#ask-2")).to_be_focused()
    for presses in (["Tab", "Space", "ArrowDown"], ["Tab", "Space", "Enter"]):
        for key in presses:
            page.keyboard.press(key)
    heading(page, "How often shall we come?")
    for key in ("Tab", "Tab", "Space", "Enter"):
        page.keyboard.press(key)
    heading(page, "Anything else while we are there?")
    for key in ("Tab", "Tab", "Space", "Enter"):
        page.keyboard.press(key)
    heading(page, "How do we get to them?")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    heading(page, "How do we reach you?")
    page.keyboard.press("Tab")
    page.keyboard.type("Kit Keys")
    page.keyboard.press("Enter")
    expect(page.locator("#f-phone-error")).to_be_visible()
    expect(page.locator("[name=phone]")).to_be_focused()
    page.keyboard.type("07700 900318")
    page.keyboard.press("Enter")
    heading(page, "Ready to send")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks?t=*")
    db.session.expire_all()
    (lead,) = leads()
    assert (lead.contact.name, lead.property_type, lead.bedrooms) == ("Kit Keys", "semi", "1-2")
    assert (lead.frequency, lead.extras, lead.property.access_facts) == ("4_weekly", ["conservatory"], ["locked_gate"])
