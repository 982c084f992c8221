"""From a quote to a booking: written, sent, opened on a phone, accepted, handed over, confirmed."""

import re

from playwright.sync_api import expect

from tests.e2e.browsers import People
from tests.e2e.site import Site
from tests.e2e.steps import add_lead, card, column, drawer, move_by_request, open_board, open_lead, stage_ids
from tests.support.waiting import wait_for


def test_the_whole_way(people: People, site: Site) -> None:
    desk, board = people.staff(), people.staff(who="bob")
    lead_id = add_lead(desk, "Quentin Price")
    open_board(board)
    move_by_request(board, lead_id, stage_ids(board)["Quote requested"])
    open_board(desk)
    opened = open_lead(desk, "Quentin Price")
    opened.get_by_role("link", name="Write a quote").click()
    opened.locator("[name=price_4_weekly]").fill("18")
    opened.locator("[name=price_8_weekly]").fill("24")
    opened.locator("[name=first_8_weekly]").fill("36")
    opened.get_by_role("button", name="Save and preview").click()
    expect(opened.get_by_text("What Quentin sees")).to_be_visible()
    opened.get_by_role("button", name="Send by email").click()
    expect(opened.get_by_text("Not opened yet")).to_be_visible()
    expect(card(column(board, "Quote sent"), "Quentin Price")).to_be_visible()

    letter = site.mail_about("quentin.price@example.com", "/c/")
    customer = people.stranger("phone")
    customer.goto(f"{site.mailbox_url}/mail/{letter['number']}")
    found = re.search(rf"{re.escape(site.url)}/c/[\w-]+", letter["text"])
    assert found
    customer.goto(found[0])
    expect(customer.get_by_role("heading", level=1)).to_contain_text("Quentin")
    expect(drawer(desk).get_by_text("Opened once")).to_be_visible()
    customer.locator(".option", has_text="Every 4 weeks").click()
    expect(customer.get_by_role("button", name="Accept £18")).to_be_visible()
    customer.locator(".option", has_text="Every 8 weeks").click()
    customer.get_by_label("Your name").fill("Quentin Price")
    customer.get_by_role("button", name="Accept £24").click()
    expect(customer.get_by_role("heading", name="Thank you, Quentin")).to_be_visible()
    assert customer.context.cookies() == []
    expect(card(column(board, "Ready for Squeegee"), "Quentin Price")).to_be_visible()

    open_board(desk, f"leads/{lead_id}")
    opened = drawer(desk)
    opened.get_by_role("button", name="Hand over").click()
    expect(opened.get_by_text("not confirmed yet")).to_be_visible(timeout=60_000)
    number = re.search(r"SWC-\d{4}-\d+", opened.inner_text())
    assert number
    entry = next(each for each in site.squeegee()["customers"] if each["reference"] == number[0])
    assert entry
    board.locator(".rail").get_by_role("link", name="In Squeegee").click()
    expect(card(column(board, "In Squeegee"), "Quentin Price")).to_be_visible()
    answer = wait_for(lambda: site.confirm_booking(number[0]), 60, "the confirmation")
    assert answer["outcome"].startswith("204"), answer
    expect(opened.get_by_text("Booking confirmed").first).to_be_visible()
    expect(opened.get_by_text("not confirmed yet")).to_have_count(0)
    year, _, day = answer["data"]["first_service_date"].split("-")
    booked = opened.locator(".fact", has=desk.get_by_text("First clean", exact=True))
    expect(booked).to_contain_text(f"{int(day)} ")
