"""A customer asks for a quote; the office sees it at once; the customer hears that it arrived."""

import time

from playwright.sync_api import Page, Response, Route, expect

from tests.e2e.browsers import People
from tests.e2e.site import FORM_KEY, Site
from tests.e2e.steps import (
    answer_contact,
    answer_until_contact,
    at_question,
    card,
    choose,
    column,
    go_on,
    open_board,
    rest,
)
from tests.files.pictures import picture
from tests.support.waiting import until, wait_for

SEEN = """name => {
  window.seen = 0;
  new MutationObserver(() => {
    const link = [...document.querySelectorAll(".lead > a")].find(it => it.textContent === name);
    if (link && !window.seen) window.seen = Date.now();
  }).observe(document.body, { childList: true, subtree: true });
}"""


# A phone that makes photos small once it is told to, and keeps the sizes of those that it sends.
SLOW_PHONE = """
  const [make, send] = [createImageBitmap, fetch];
  const told = new Promise((done) => { window.makePhotos = done; });
  window.createImageBitmap = async (...all) => (await told, make(...all));
  window.fetch = (to, how) => {
    if (how?.body instanceof FormData) window.sizes = how.body.getAll("photos").map((photo) => photo.size);
    return send(to, how);
  };
"""


def is_sending(answer: Response) -> bool:
    """Whether this is the server's word on a sent form."""
    return answer.request.method == "POST" and f"/q/{FORM_KEY}" in answer.url


def answered_at(answer: Response) -> float:
    """When the answer's first byte was there, in ms since 1970."""
    timing = answer.request.timing
    return timing["startTime"] + timing["responseStart"]


def test_from_a_phone_onto_an_open_board(people: People, site: Site) -> None:
    board, phone = people.staff(), people.stranger("phone")
    open_board(board)
    board.evaluate(SEEN, "Edith Lamb")
    phone.goto(site.form_url)
    begun = time.monotonic()  # the form's own clock began when the server made it, so a little earlier
    phone.locator("[name=postcode]").fill("wrong")
    go_on(phone)
    expect(phone.locator("#f-postcode-error")).to_contain_text("not a UK postcode")
    answer_until_contact(phone)
    phone.locator("[name=name]").fill("Edith Lamb")
    phone.locator("[name=phone]").fill("12")
    phone.locator("[name=email]").fill("edith.lamb")
    go_on(phone)
    expect(phone.locator("#f-phone-error")).to_contain_text("not a phone number")
    expect(phone.locator("#f-email-error")).to_contain_text("not an email address")
    expect(phone.locator("[name=phone]")).to_be_focused()  # the first of the two
    expect(phone.locator("[name=name]")).to_have_value("Edith Lamb")
    answer_contact(phone, "Edith Lamb", "edith.lamb@example.com")
    rest(phone, begun)
    with phone.expect_response(is_sending) as answer:
        phone.locator("[data-next]").dblclick()
    since = time.monotonic()
    phone.wait_for_url("**/thanks?*")
    expect(phone.get_by_role("heading", name="Your request has arrived")).to_be_visible()
    expect(phone.locator("main")).to_contain_text("SWC-")

    expect(card(column(board, "New lead"), "Edith Lamb")).to_have_count(1)
    delay = board.evaluate("window.seen") - answered_at(answer.value)
    print(f"\n  on the open board {delay:.0f} ms after the customer's answer")
    assert delay <= 1000
    expect(card(board, "Edith Lamb")).to_contain_text("8-weekly")

    site.mail_about("edith.lamb@example.com", "SWC-", 60)
    print(f"  acknowledged within {time.monotonic() - since:.1f} s")
    assert time.monotonic() - since < 60
    phone.goto(site.mailbox_url)
    expect(phone.get_by_text("edith.lamb@example.com").first).to_be_visible()


def test_a_double_click_skips_no_question(people: People, site: Site) -> None:
    phone = people.stranger("phone")
    phone.goto(site.form_url)
    expect(phone.locator("[data-lead-form][data-ready]")).to_be_attached()
    phone.locator("[name=postcode]").fill("BA5 2QJ")
    go_on(phone)
    choose(phone, "property_type", "semi")
    choose(phone, "bedrooms", "3")
    go_on(phone)
    choose(phone, "frequency", "8_weekly")
    phone.locator("[data-next]").dblclick()
    expect(phone.locator("[data-step][data-now] [name=extras]").first).to_be_attached()


def test_photos_are_made_small_before_the_form_goes(people: People, site: Site) -> None:
    phone = people.stranger("phone")
    phone.add_init_script(SLOW_PHONE)
    held: list[Route] = []
    phone.goto(site.form_url)
    phone.route(f"**/q/{FORM_KEY}", lambda route: held.append(route))
    begun = time.monotonic()  # the form's own clock began when the server made it, so a little earlier
    answer_until_contact(phone)
    raw = picture(size=(3200, 2400))
    for name in ("front.jpg", "back.jpg"):  # the second while the first is being made small
        phone.locator("[data-photos] [type=file]").set_input_files(
            {"name": name, "mimeType": "image/jpeg", "buffer": raw}
        )
    answer_contact(phone, "Priya Prompt", "priya.prompt@example.com", "07700 900779")
    rest(phone, begun)
    go_on(phone)
    expect(phone.get_by_role("button", name="Sending…")).to_be_visible()
    phone.evaluate("makePhotos()")
    until(phone, lambda: held, "the form on its way")
    sizes = phone.evaluate("window.sizes")
    assert len(sizes) == 2 and max(sizes) < len(raw)
    held[0].continue_()
    expect(phone.get_by_role("heading", name="Your request has arrived")).to_be_visible()


def test_without_javascript(people: People, site: Site) -> None:
    people.expect_complaint("422")
    phone = people.stranger("phone", java_script_enabled=False)
    phone.goto(site.form_url)
    begun = time.monotonic()  # the form's own clock began when the server made it, so a little earlier
    phone.locator("[name=postcode]").fill("nonsense")
    choose(phone, "property_type", "detached")
    choose(phone, "bedrooms", "4")
    choose(phone, "frequency", "4_weekly")
    phone.locator("[name=wishes]").fill("Please ring before noon")
    phone.locator("[name=name]").fill("Walter Dunn")
    phone.locator("[name=phone]").fill("01632")
    phone.locator("[name=email]").fill("walter.dunn@")
    rest(phone, begun)
    send = phone.get_by_role("button", name="Send my request")
    send.click()
    for name in ("postcode", "phone", "email"):
        expect(phone.locator(f"#f-{name}-error")).to_be_visible()
        expect(phone.locator(f"[name={name}]")).to_have_attribute("aria-invalid", "true")
    expect(phone.locator("[name=wishes]")).to_have_value("Please ring before noon")
    expect(phone.locator("[name=frequency][value='4_weekly']")).to_be_checked()
    phone.locator("[name=postcode]").fill("BA6 8BB")
    phone.locator("[name=phone]").fill("01632 960734")
    phone.locator("[name=email]").fill("walter.dunn@example.com")
    with phone.expect_request(lambda request: request.method == "POST") as sent:
        send.click()
    expect(phone.get_by_role("heading", name="Your request has arrived")).to_be_visible()
    number = _number(phone)

    expect(phone.locator(".price-box")).to_contain_text("every 4 weeks")

    body, kind = sent.value.post_data_buffer or b"", sent.value.headers["content-type"]
    again = phone.request.post(sent.value.url, data=body, headers={"Content-Type": kind})
    assert number in again.text()
    board = people.staff()
    open_board(board)
    expect(card(column(board, "New lead"), "Walter Dunn")).to_have_count(1)
    wait_for(lambda: site.mails("walter.dunn@example.com"), 120, "the acknowledgement")
    assert len(site.mails("walter.dunn@example.com")) == 1


def test_outside_the_area_is_told_kindly(people: People, site: Site) -> None:
    phone = people.stranger("phone")
    phone.goto(site.form_url)
    phone.locator("[name=postcode]").fill("M1 1AE")
    go_on(phone)
    at_question(phone, "What kind of place is it?")
    expect(phone.locator("[data-area-note]")).to_contain_text("M1")
    phone = people.stranger("phone")
    phone.goto(site.form_url)
    begun = time.monotonic()  # the form's own clock began when the server made it, so a little earlier
    answer_until_contact(phone, "M1 1AE")
    answer_contact(phone, "Nora Faraway", "nora.faraway@example.com", "07700 900777")
    rest(phone, begun)
    go_on(phone)
    expect(phone.get_by_role("heading", name="Thank you for asking us")).to_be_visible()
    expect(phone.locator("main")).to_contain_text("outside the area")
    desk = people.staff()
    desk.goto("/w/somerset/leads")
    row = desk.locator("tr", has_text="Nora Faraway")
    expect(row).to_contain_text("Outside our area")


def _number(page: Page) -> str:
    return page.locator("main .notice b").inner_text()
