"""One lead's whole way: asked for on the website, moved, quoted, accepted, handed over, confirmed."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browsers import Device, People
from tests.e2e.site import SLUG, Site
from tests.e2e.steps import (
    answer_contact,
    answer_until_contact,
    card,
    column,
    drag,
    drawer,
    go_on,
    open_board,
    rest,
)
from tests.support.waiting import wait_for


@pytest.mark.parametrize(("at_desk", "at_home"), [("desktop", "phone"), ("phone", "desktop")])
def test_the_whole_way(people: People, site: Site, at_desk: Device, at_home: Device) -> None:
    first = "Quentin" if at_desk == "desktop" else "Petra"
    name, email = f"{first} Price", f"{first.lower()}.price@example.com"
    desk, board, customer = people.staff(at_desk), people.staff(who="bob"), people.stranger(at_home)
    open_board(board)
    ask_for_a_quote(customer, site, name, email)
    expect(card(column(board, "New lead"), name)).to_be_visible()
    assert site.mail_about(email, "SWC-", 60)["subject"] == f"We have your enquiry, {first}"
    assert drag(board, card(board, name), column(board, "Quote requested")).status == 204

    address = str(card(board, name).get_by_role("link", name=name, exact=True).get_attribute("href"))
    open_board(desk, address.removeprefix(f"/w/{SLUG}/"))
    write_and_send(drawer(desk), first)
    expect(card(column(board, "Quote sent"), name)).to_be_visible()
    open_quote(customer, site, email, first)
    expect(drawer(desk).get_by_text("Opened once")).to_be_visible()
    accept(customer, first)
    expect(card(column(board, "Ready for Squeegee"), name)).to_be_visible()
    desk.goto(address)
    hand_over(drawer(desk), site, board, name)


def ask_for_a_quote(customer: Page, site: Site, name: str, email: str) -> None:
    """Fill in the public form."""
    customer.goto(site.form_url)
    begun = time.monotonic()
    answer_until_contact(customer)
    answer_contact(customer, name, email)
    rest(customer, begun)
    go_on(customer)
    expect(customer.get_by_role("heading", name="Your request has arrived")).to_be_visible()


def write_and_send(opened: Locator, first: str) -> None:
    """Write a quote in the drawer, look at it and send it."""
    opened.get_by_role("link", name="Write a quote").click()
    opened.locator("[name=price_4_weekly]").fill("18")
    opened.locator("[name=price_8_weekly]").fill("24")
    opened.locator("[name=first_8_weekly]").fill("36")
    opened.get_by_role("button", name="Save and preview").click()
    expect(opened.get_by_text(f"What {first} sees")).to_be_visible()
    opened.get_by_role("button", name="Send by email").click()
    expect(opened.get_by_text("Not opened yet")).to_be_visible()


def open_quote(customer: Page, site: Site, email: str, first: str) -> None:
    """Open the link of the mail."""
    letter = site.mail_about(email, "/c/")
    customer.goto(f"{site.mailbox_url}/mail/{letter['number']}")
    found = re.search(rf"{re.escape(site.url)}/c/[\w-]+", letter["text"])
    assert found
    customer.goto(found[0])
    expect(customer.get_by_role("heading", level=1)).to_contain_text(first)


def accept(customer: Page, first: str) -> None:
    """Choose a rhythm, say where the house is and say yes: the form asked for no more than the postcode."""
    customer.locator(".option", has_text="Every 4 weeks").click()
    expect(customer.get_by_role("button", name="Accept £18")).to_be_visible()
    customer.locator(".option", has_text="Every 8 weeks").click()
    customer.get_by_label("House number and street").fill("4 Mill Lane")
    customer.get_by_label("Town").fill("Wells")
    customer.get_by_label("Your name").fill(f"{first} Price")
    customer.get_by_role("button", name="Accept £24").click()
    expect(customer.get_by_role("heading", name=f"Thank you, {first}")).to_be_visible()
    assert customer.context.cookies() == []


def hand_over(opened: Locator, site: Site, board: Page, name: str) -> None:
    """Hand the lead over to Squeegee, and hear of the first clean."""
    opened.get_by_role("button", name="Hand over").click()
    expect(opened.get_by_text("not confirmed yet")).to_be_visible(timeout=60_000)
    number = re.search(r"SWC-\d{4}-\d+", opened.inner_text())
    assert number
    assert [each for each in site.squeegee()["customers"] if each["reference"] == number[0]]
    board.locator(".rail").get_by_role("link", name="In Squeegee").click()
    expect(card(column(board, "In Squeegee"), name)).to_be_visible()
    answer = wait_for(lambda: site.confirm_booking(number[0]), 60, "the confirmation")
    assert answer["outcome"].startswith("204"), answer
    expect(opened.get_by_text("Booking confirmed").first).to_be_visible()
    expect(opened.get_by_text("not confirmed yet")).to_have_count(0)
    _, _, day = answer["data"]["first_service_date"].split("-")
    booked = opened.locator(".fact", has=opened.page.get_by_text("First clean", exact=True))
    expect(booked).to_contain_text(f"{int(day)} ")
