"""Ten leads are typed into Squeegee from their copy sheets, on a tablet beside it, one after the other."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.browsers import People
from tests.e2e.steps import SLUG, add_lead, stage_ids, token

NAMES = [f"Tess Ten-{number}" for number in range(10)]
TABLET: dict[str, Any] = {
    "viewport": {"width": 410, "height": 1180}, "has_touch": True, "permissions": ["clipboard-read", "clipboard-write"],
}  # fmt: skip


def add_ready(page: Page) -> None:
    """Ten leads that are ready, without looking at them."""
    page.goto(f"/w/{SLUG}/leads/board")
    ready, csrf = stage_ids(page)["Ready for Squeegee"], token(page)
    for number, name in enumerate(NAMES):
        lead = {
            "name": name, "email": f"tess{number}@example.com", "phone": f"07700 90047{number}", "postcode": "BA5 2QJ",
            "address_line1": f"{number + 1} Ten Row", "town": "Wells", "service": "window_cleaning", "price": "24",
            "property_type": "semi", "bedrooms": "3", "frequency": "8_weekly", "source_key": "phone", "anyway": "1",
        }  # fmt: skip
        answer = page.request.post(f"/w/{SLUG}/leads/new", form={**lead, "csrf_token": csrf})
        url = f"{answer.url}/stage"
        moved = page.request.post(url, form={"to": ready, "csrf_token": csrf}, headers={"Accept": "text/plain"})
        assert moved.status == 204, moved.status


def clipboard(page: Page) -> str:
    """What was copied last."""
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_ten_leads_are_entered_by_copy_sheet(people: People) -> None:
    page = people.staff(**TABLET)
    add_ready(page)
    page.goto(f"/w/{SLUG}/squeegee")
    page.get_by_role("link", name="Copy sheet for Tess Ten-").first.click()

    done = []
    for number in range(len(NAMES)):
        expect(page.locator(".copying")).to_be_attached()  # the sheet's script is there
        name = page.get_by_role("heading", level=1).inner_text()
        rows = page.locator("[data-copy-row]")
        if number == 0:  # by keys, field by field: each copy leads to the next
            page.locator("[data-copy-row] button").first.focus()
            for row in rows.all():
                expect(row.locator("button")).to_be_focused()
                page.keyboard.press("Enter")
                expect(row).to_have_attribute("data-done", "")
                assert clipboard(page) == row.locator("dd[id]").inner_text().strip()
            page.reload()
            expect(page.locator("[data-copy-count]")).to_have_text("All copied")
        else:  # a tap anywhere in a row copies it
            rows.nth(1).tap(position={"x": 20, "y": 20})
            expect(rows.nth(1)).to_have_attribute("data-done", "")
            page.get_by_role("button", name="Copy all").tap()
            expect(page.locator("[data-copy-count]")).to_have_text("All copied")
            assert f"Last name: {name.split()[-1]}" in clipboard(page)
        page.get_by_label("The customer’s id or reference there").fill(f"TEN-{number}")
        page.get_by_role("button", name="Entered, next sheet").click()
        expect(page.locator("#toasts")).to_contain_text(f"Noted: {name} is in Squeegee.")
        done.append(name)

    assert sorted(done) == NAMES
    page.goto(f"/w/{SLUG}/squeegee/transfers?method=copy_sheet")
    for name in NAMES:
        expect(page.get_by_role("link", name=name)).to_be_visible()
    page.get_by_role("link", name=NAMES[0]).click()
    expect(page.get_by_text("TEN-").first).to_be_visible()
    expect(page.get_by_text("1 Ten Row, Wells, BA5 2QJ").first).to_be_visible()


def test_a_browser_that_keeps_nothing_and_has_no_clipboard_of_its_own_copies_all_the_same(people: People) -> None:
    page = people.staff(who="bob", permissions=["clipboard-read", "clipboard-write"])
    lead_id = add_lead(page, "Cora Copy")
    page.add_init_script("""
        const shut = { get() { throw new DOMException("forbidden", "SecurityError"); } };
        for (const name of ["sessionStorage", "localStorage"]) Object.defineProperty(window, name, shut);
        navigator.clipboard.writeText = () => Promise.reject(new DOMException("refused", "NotAllowedError"));
    """)
    page.goto(f"/w/{SLUG}/leads/{lead_id}/copy-sheet")
    expect(page.locator("html[data-connection=open]")).to_be_attached()  # all of the desk's scripts are read
    row = page.locator("[data-copy-row]").first
    row.get_by_role("button").click()
    expect(row).to_have_attribute("data-done", "")
    assert clipboard(page) == row.locator("dd[id]").inner_text().strip()
    page.get_by_role("button", name="Copy all").click()
    expect(page.locator("[data-copy-count]")).to_have_text("All copied")
    assert "Last name: Copy" in clipboard(page)
