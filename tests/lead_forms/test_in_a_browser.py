"""The form as a customer with a telephone meets it: steps, a reload, no line, somebody else's website."""

from contextlib import ExitStack

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser, Page, Route, expect

from app.extensions import db
from app.lead_forms.models import LeadForm
from tests.lead_forms.conftest import leads, submissions
from tests.lead_forms.telephone import (
    PHONE,
    choose,
    fill_contact,
    fill_until_contact,
    go_on,
    heading,
    serving,
    work_was_proven,
)
from tests.support.waiting import until_tall_as

pytestmark = [pytest.mark.e2e, pytest.mark.commits]
TOTAL_BYTES = 60 * 1024


def test_step_by_step_to_a_lead(page: Page, url: str) -> None:
    page.goto(f"{url}?utm_source=flyer")
    heading(page, "Where are the windows?")
    expect(page.get_by_role("heading", name="What kind of place is it?")).to_be_hidden()
    fill_until_contact(page)
    expect(page.locator("#ask-6")).to_be_focused()
    page.locator("[name=wishes]").evaluate("(field) => { field.value = 'Mind the roses'; }")
    for name, value in (("preferred_method", "sms"), ("preferred_time", "morning")):
        page.locator(f"[name={name}][value={value}]").evaluate("(field) => { field.checked = true; }")
    page.locator("[name=address_line1]").fill("8 Mill Lane")
    page.locator("[name=town]").fill("Wells")
    fill_contact(page)
    recap = page.locator("[data-recap]")
    expect(recap).to_contain_text("window cleaning, every 8 weeks", ignore_case=True)
    for said in (
        "Address8 Mill Lane, Wells, BA5 2QJ", "WishesMind the roses", "AccessSide gate", "Get in touchText message",
        "WhenMornings",
    ):  # fmt: skip
        expect(recap).to_contain_text(said)
    go_on(page)
    page.wait_for_url("**/thanks?t=*")
    db.session.expire_all()
    (lead,) = leads()
    expect(page.locator("main")).to_contain_text(lead.number)
    assert (lead.contact.name, lead.utm_source, lead.extras) == ("Hannah Cole", "flyer", ["inside"])
    assert page.evaluate("localStorage.length") == 0
    assert work_was_proven()


def test_the_first_load_is_light_and_still(page: Page, url: str) -> None:
    sizes: list[int] = []
    hosts: set[str] = set()
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.on("request", lambda request: hosts.add(request.url.split("/q/")[0].split("/static/")[0]))
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach(e => { window.shift += e.value }))"
        ".observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(url, wait_until="networkidle")
    assert sum(sizes) < TOTAL_BYTES
    assert len(hosts) == 1
    assert page.evaluate("window.shift") == 0


def test_a_wrong_answer_is_told_beside_its_field_at_once(page: Page, url: str) -> None:
    page.goto(url)
    page.locator("[name=postcode]").fill("nonsense")
    page.keyboard.press("Enter")
    expect(page.locator("#f-postcode-error")).to_have_text("That is not a UK postcode. Enter it like BA5 2QJ")
    expect(page.locator("[name=postcode]")).to_be_focused()
    expect(page.locator("[name=postcode]")).to_have_attribute("aria-invalid", "true")
    page.locator("[name=postcode]").fill("TA1 1AA")
    page.keyboard.press("Enter")
    heading(page, "What kind of place is it?")
    expect(page.locator("[data-area-note]")).to_contain_text("We do not clean in TA1")


def test_going_back_and_reloading_lose_nothing(page: Page, url: str) -> None:
    page.goto(url)
    fill_until_contact(page)
    page.locator("[name=name]").fill("Hannah")
    page.reload()
    heading(page, "How do we reach you?")
    expect(page.locator("[name=name]")).to_have_value("Hannah")
    page.go_back()
    heading(page, "How do we get to them?")
    page.get_by_role("button", name="Back").click()
    heading(page, "Anything else while we are there?")
    expect(page.locator("[name=extras][value=inside]")).to_be_checked()


def test_what_only_the_server_sees_comes_back_at_its_step(page: Page, url: str) -> None:
    page.goto(url)
    fill_until_contact(page)
    page.locator("[name=name]").fill("Hannah Cole")
    page.locator("[name=phone]").fill("123456789 987654321")
    go_on(page)
    go_on(page)
    expect(page.locator(".error-summary")).to_be_focused()
    heading(page, "How do we reach you?")
    expect(page.locator("#f-phone-error")).to_contain_text("not a phone number")
    expect(page.locator("[name=name]")).to_have_value("Hannah Cole")
    page.locator("[name=phone]").fill("07700 900318")
    go_on(page)
    go_on(page)
    page.wait_for_url("**/thanks?t=*")


def test_without_a_line_it_waits_and_sends_by_itself(page: Page, url: str) -> None:
    page.goto(url)
    fill_until_contact(page)
    fill_contact(page)
    page.wait_for_load_state("networkidle")  # the script that sends has come
    page.context.set_offline(True)
    go_on(page)
    expect(page.locator("[data-send-note]")).to_contain_text("offline")
    assert page.evaluate("localStorage.length") == 1
    page.context.set_offline(False)
    page.wait_for_url("**/thanks?t=*")
    db.session.expire_all()
    assert len(leads()) == len(submissions()) == 1


def test_inside_another_website_it_fits_and_posts_in_its_frame(page: Page, url: str, form: LeadForm) -> None:
    host = Flask("website")
    html = f"<!doctype html><title>Firm</title><h1>Our firm</h1><script src='{url}/embed.js' async></script>"
    host.add_url_rule("/", "home", lambda: Response(html, mimetype="text/html"))
    with ExitStack() as stack:
        listed, stranger = (stack.enter_context(serving(host)).replace("127.0.0.1", "localhost") for _ in range(2))
        form.allowed_origins = [listed]
        db.session.commit()
        page.goto(f"{listed}/?utm_source=site&secret=1")
        frame = page.frame_locator("iframe")
        fill_until_contact(frame)
        until_tall_as(page, frame, ".public-page")
        fill_contact(frame)
        go_on(frame)
        expect(frame.locator("main")).to_contain_text("Your request has arrived")
        db.session.expire_all()
        (lead,) = leads()
        assert (lead.landing_page, lead.utm_source) == (f"{listed}/", "site")
        assert work_was_proven()
        with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            page.goto(stranger)


def test_without_scripts_it_is_one_page(chromium: Browser, url: str) -> None:
    context = chromium.new_context(java_script_enabled=False, **PHONE)
    page = context.new_page()
    page.goto(url)
    page.locator("[name=postcode]").fill("BA5 2QJ")
    choose(page, "property_type", "flat")
    choose(page, "bedrooms", "1-2")
    choose(page, "frequency", "one_off")
    page.locator("[name=name]").fill("Tom Reed")
    page.locator("[name=email]").fill("tom.reed")
    page.locator("button").click()
    expect(page.locator("#f-email-error")).to_contain_text("not an email address")
    page.locator("[name=email]").fill("tom.reed@example.com")
    page.locator("button").click()
    expect(page.locator("main")).to_contain_text("Your request has arrived")
    assert context.cookies() == []
    context.close()
    db.session.expire_all()
    assert [lead.contact.email for lead in leads()] == ["tom.reed@example.com"]
    assert not work_was_proven()


def test_a_card_that_stands_alone_is_not_taken_for_chosen(page: Page, url: str, form: LeadForm) -> None:
    ways = {"title": "How do we reach you?", "questions": ["preferred_method", "name", "phone", "email"]}
    kind = {"title": "What is it?", "questions": ["property_type"]}
    offers = {"preferred_method": {"offers": ["phone"]}, "property_type": {"offers": ["semi"]}}
    form.content = {"questions": offers, "steps": [
        {"title": "Where?", "questions": ["postcode", "service"]}, kind, ways]}  # fmt: skip
    db.session.commit()
    page.goto(url)
    expect(page.locator("[data-lead-form][data-ready]")).to_be_attached()
    page.locator("[name=postcode]").fill("BA5 2QJ")
    page.locator("[name=service]").select_option("gutter_clearing")
    go_on(page)
    go_on(page)
    expect(page.locator("#f-property_type-error")).to_be_visible()  # said here, not by the server at the very end
    choose(page, "property_type", "semi")
    go_on(page)
    page.locator("[name=name]").fill("Hannah Cole")
    page.locator("[name=email]").fill("hannah@example.com")  # a call was not asked for, so no number is wanted
    go_on(page)
    page.wait_for_url("**/thanks?t=*")
    db.session.expire_all()
    assert [lead.contact.email for lead in leads()] == ["hannah@example.com"]


def test_a_telephone_of_some_years_ago_goes_through_the_form_too(page: Page, url: str) -> None:
    page.add_init_script("""delete AbortSignal.timeout;
        for (const { prototype } of [Document, Element]) {
          const own = prototype.querySelector;
          prototype.querySelector = function (css) {
            if (css.includes(":has(")) throw new SyntaxError(css);
            return own.call(this, css);
          };
        }""")
    page.goto(url)
    fill_until_contact(page)
    fill_contact(page)
    page.locator("[name=phone]").evaluate("(field) => { field.value = '07700 90031'; }")
    go_on(page)  # a digit is missing: the page says so itself
    heading(page, "How do we reach you?")
    page.locator("[name=phone]").fill("07700 900318")
    page.locator("[name=email]").fill("hannah@example,com.example")  # only the server sees what is wrong with this
    go_on(page)
    go_on(page)
    expect(page.locator("#f-email-error")).to_be_visible()
    page.locator("[name=email]").fill("hannah@example.com")
    go_on(page)
    go_on(page)
    page.wait_for_url("**/thanks?t=*")
    db.session.expire_all()
    assert len(leads()) == 1


@pytest.mark.parametrize("status", [404, 413])
def test_what_will_not_be_taken_says_so_and_promises_nothing(page: Page, url: str, status: int) -> None:
    tries: list[int] = []

    def refuse(route: Route) -> None:
        tries.append(status)
        route.fulfill(status=status, body="<!doctype html><title>No</title>", content_type="text/html")

    page.route("**/q/*", lambda route: refuse(route) if route.request.method == "POST" else route.fallback())
    page.goto(url)
    fill_until_contact(page)
    fill_contact(page)
    go_on(page)
    expect(page.locator("[data-send-note]")).to_contain_text("Please try again later, or ring us.")
    expect(page.get_by_role("button", name="Send my request")).to_be_visible()
    assert tries == [status] and page.locator("[name=name]").input_value() == "Hannah Cole"
