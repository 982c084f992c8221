"""A quote is reckoned while it is typed, and what is shown then is what its customer's paper says."""

from io import BytesIO

from playwright.sync_api import expect
from pypdf import PdfReader

from tests.e2e.browsers import People
from tests.e2e.steps import SLUG, add_lead, open_board


def test_a_quote_is_reckoned_while_it_is_typed(people: People) -> None:
    people.expect_complaint("422")
    desk = people.staff()
    open_board(desk)
    lead_id = add_lead(desk, "Rhoda Vale")
    desk.goto(f"/w/{SLUG}/leads/{lead_id}/quotes/new")
    pays = desk.get_by_role("region", name="What the customer pays")
    expect(pays.get_by_text("line by line")).to_have_count(5)
    desk.get_by_label("Every 8 weeks, each visit").fill("20")
    desk.get_by_label("Discount off every visit").fill("10%")
    desk.get_by_label("VAT", exact=True).select_option("added")
    row = pays.locator("details", has_text="Every 8 weeks")
    expect(row).to_contain_text("£21.60")
    expect(row).to_contain_text("£140 a year")
    desk.get_by_role("button", name="Gutters").click()
    expect(desk.get_by_label("Line 2", exact=True)).to_have_value("Gutters")
    expect(desk.get_by_role("button", name="Gutters")).to_be_hidden()
    save = desk.locator("form.quote-form").get_by_role("button", name="Save and preview").last
    wrong = desk.get_by_label("Every 6 weeks, each visit")
    wrong.fill("abc")
    save.click()
    summary = desk.get_by_role("alert").filter(has_text="Please look at this again")
    expect(summary).to_be_visible()
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(desk.locator("[data-lines][data-ready]")).to_have_count(1)
    wrong.fill("18")
    expect(summary).to_have_count(0)  # it is reckoned anew, and nothing calls it wrong any more
    expect(wrong).not_to_have_attribute("aria-invalid", "true")
    wrong.fill("")
    save.click()
    desk.wait_for_url("**/quotes/*-*-*-*-*")
    expect(desk.get_by_text("What Rhoda sees")).to_be_visible()
    answer = desk.request.get(f"{desk.url}.pdf")
    words = PdfReader(BytesIO(answer.body())).pages[0].extract_text()
    for figure in ("Rhoda Vale", "£21.60", "£140", "Gutters", "Draft, not sent"):
        assert figure in words


def test_what_goes_wrong_lies_over_no_button_on_a_phone(people: People) -> None:
    people.expect_complaint("ERR_FAILED|Failed to fetch|htmx:error")
    phone = people.staff("phone")
    lead_id = add_lead(phone, "Tilly Toast")
    phone.goto(f"/w/{SLUG}/leads/{lead_id}")
    phone.get_by_role("link", name="Write a quote").tap()
    save = phone.get_by_role("button", name="Save and preview").last
    phone.get_by_label("Every 8 weeks, each visit").fill("20")
    phone.locator("#drawer").evaluate("drawer => drawer.scrollTo(0, drawer.scrollHeight)")
    phone.route("**/quotes/new", lambda route: route.abort())
    save.tap()
    toast = phone.locator("#toasts [data-toast]", has_text="Sill cannot be reached")
    expect(toast).to_be_visible()
    button, told = save.bounding_box(), toast.bounding_box()
    assert button and told and button["y"] + button["height"] <= told["y"]
