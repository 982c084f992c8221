"""The form inside somebody else's website."""

import time

from playwright.sync_api import expect

from tests.e2e.browsers import People
from tests.e2e.site import Site
from tests.e2e.steps import answer_contact, answer_until_contact, go_on, rest
from tests.support.waiting import until_tall_as

#: Another script of the page, or a frame of somebody else's, says how tall the form be. Done when it has been heard.
STRANGE_MESSAGE = """async (sender) => {
  const stranger = document.body.appendChild(document.createElement("iframe"));
  const heard = new Promise((done) => addEventListener("message", (event) => event.data.strange && done()));
  const speaks = sender === "window" ? window : stranger.contentWindow;
  const words = { sill: "form", height: 3210, top: true, strange: true };
  speaks.eval(`parent.postMessage(${JSON.stringify(words)}, "*")`);
  await heard;
  stranger.remove();
}"""


def test_in_a_page_of_another_site_with_third_party_cookies_blocked(people: People, site: Site) -> None:
    phone = people.stranger("phone")
    cdp = phone.context.new_cdp_session(phone)
    cdp.send("Network.enable")
    cdp.send("Network.setCookieControls", {"enableThirdPartyCookieRestriction": True})
    # "localhost" around "127.0.0.1": not only another origin but another site to the browser.
    phone.goto(f"{site.mailbox_url.replace('127.0.0.1', 'localhost')}/embed-demo")
    frame = phone.frame_locator("iframe")
    expect(frame.locator("[data-lead-form][data-ready]")).to_be_attached()
    begun = time.monotonic()  # the form's own clock began when the server made it, so a little earlier
    answer_until_contact(frame)
    phone.locator("iframe").scroll_into_view_if_needed()
    answer_contact(frame, "Ivy Frame", "ivy.frame@example.com", "07700 900655")
    rest(phone, begun)
    go_on(frame)
    expect(frame.get_by_role("heading", name="Your request has arrived")).to_be_visible()
    assert phone.context.cookies() == []
    shown = until_tall_as(phone, frame, ".public-page")
    for sender in ("window", "stranger.contentWindow"):
        phone.evaluate(STRANGE_MESSAGE, sender)
        assert phone.locator("iframe").first.evaluate("it => it.clientHeight") == shown, sender
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    desk = people.staff()
    desk.goto("/w/somerset/leads")
    expect(desk.locator("tr", has_text="Ivy Frame")).to_be_visible()


def test_a_site_that_is_not_listed_is_refused(people: People, site: Site) -> None:
    people.expect_complaint("frame-ancestors|ERR_BLOCKED_BY_CSP|chrome-error")
    phone = people.stranger("phone")
    with phone.expect_console_message(lambda message: "frame-ancestors" in message.text):
        phone.goto(f"{site.mailbox_url.replace('127.0.0.1', 'stranger.localhost')}/embed-demo")
    expect(phone.frame_locator("iframe").get_by_text("Where are the windows?")).to_have_count(0)
