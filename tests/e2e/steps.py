"""What people do, in the words of the trade."""

import re
import time
from typing import Any

from playwright.sync_api import Browser, FrameLocator, Locator, Page, Response, expect

from tests.e2e.site import SLUG, Site
from tests.support.waiting import until

PASSWORD = "glass-and-ladder-2026"


def sign_in(browser: Browser, site: Site, email: str) -> Any:
    """Sign in by the page; returns the browser's state."""
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/leads/board")
    state = context.storage_state()
    context.close()
    return state


def choose(page: Page | FrameLocator, name: str, value: str) -> None:
    """Tick one of the form's cards."""
    page.locator(".option", has=page.locator(f"[name={name}][value='{value}']")).click()


def go_on(page: Page | FrameLocator) -> None:
    """Press the form's one big button."""
    page.locator("[data-next]").click()


def at_question(page: Page | FrameLocator, words: str) -> None:
    """The form shows this question."""
    expect(page.get_by_role("heading", level=2, name=words)).to_be_visible()


def answer_until_contact(page: Page | FrameLocator, postcode: str = "BA5 2QJ") -> None:
    """Answer everything before "How do we reach you?", once the form's script goes through it step by step."""
    expect(page.locator("[data-lead-form][data-ready]")).to_be_attached()
    page.locator("[name=postcode]").fill(postcode)
    go_on(page)
    choose(page, "property_type", "semi")
    choose(page, "bedrooms", "3")
    go_on(page)
    choose(page, "frequency", "8_weekly")
    go_on(page)
    choose(page, "extras", "conservatory")
    go_on(page)
    choose(page, "own_0a1b2c3d", "First floor")
    go_on(page)
    page.locator("[name=access_notes]").fill("Side gate, it is not locked")
    go_on(page)
    at_question(page, "How do we reach you?")


def answer_contact(page: Page | FrameLocator, name: str, email: str, phone: str = "07700 900318") -> None:
    """Say who one is, and come to the last step."""
    page.locator("[name=name]").fill(name)
    page.locator("[name=phone]").fill(phone)
    page.locator("[name=email]").fill(email)
    go_on(page)
    at_question(page, "Ready to send")


def rest(page: Page, since: float, seconds: float = 2.1) -> None:
    """Nobody reads the form within two seconds: what is quicker counts as a robot's."""
    page.wait_for_timeout(max(0.0, seconds - (time.monotonic() - since)) * 1000)


def open_board(page: Page, path: str = "leads/board") -> None:
    """Open the board and wait until cards can be dragged and changes are heard of."""
    page.goto(f"/w/{SLUG}/{path}")
    expect(page.locator("[data-board][data-ready]")).to_be_attached()
    expect(page.locator("html[data-connection=open]")).to_be_attached()


def column(page: Page, stage: str) -> Locator:
    """The column of a stage."""
    heading = page.locator("h2").filter(has_text=re.compile(f"^{re.escape(stage)}$"))
    return page.locator("section.column", has=heading)


def card(place: Page | Locator, name: str) -> Locator:
    """The card of a lead, by its customer's name."""
    page = place.page if isinstance(place, Locator) else place
    return place.locator(".lead").filter(has=page.get_by_role("link", name=name, exact=True))


def drawer(page: Page) -> Locator:
    """The drawer."""
    return page.locator("#drawer")


def open_lead(page: Page, name: str) -> Locator:
    """Open a lead from its card; returns the drawer."""
    card(page, name).get_by_role("link", name=name, exact=True).click()
    expect(drawer(page).get_by_role("heading", name=name)).to_be_visible()
    return drawer(page)


def token(page: Page) -> str:
    """The page's token against forged requests."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.request.get(f"/w/{SLUG}/leads/new").text())
    assert found
    return found[1]


def add_lead(page: Page, name: str, **facts: str) -> str:
    """Add a lead as staff do, without looking at it; returns its id."""
    given = {
        "name": name, "email": f"{name.lower().replace(' ', '.')}@example.com", "phone": "07700 900461",
        "address_line1": "4 Mill Lane", "town": "Wells", "postcode": "BA5 2QJ", "property_type": "semi",
        "bedrooms": "3", "service": "window_cleaning", "frequency": "8_weekly", "price": "24", "source_key": "phone",
        "anyway": "1", "then": "tell",
    }  # fmt: skip
    answer = page.request.post(f"/w/{SLUG}/leads/new", form={**given, **facts, "csrf_token": token(page)})
    assert answer.ok and "/leads/new" not in answer.url, (answer.status, answer.url)
    return answer.url.rpartition("/")[2]


def stage_ids(page: Page) -> dict[str, str]:
    """The ids of the board's stages by name."""
    pairs = page.locator("section.column").evaluate_all(
        "columns => columns.map(it => [it.querySelector('h2').textContent.trim(), it.dataset.stage])"
    )
    return dict(pairs)


def move_by_request(page: Page, lead_id: str, to: str) -> None:
    """Move a lead as somebody's script would, from wherever it is."""
    answer = page.request.post(
        f"/w/{SLUG}/leads/{lead_id}/stage", form={"to": to, "csrf_token": token(page)}, headers={"Accept": "text/plain"}
    )
    assert answer.status == 204, answer.status


def is_move(answer: Response) -> bool:
    """Whether this is the server's word on a moved card."""
    return answer.request.method == "POST" and answer.url.endswith("/stage")


def centre(place: Locator) -> tuple[float, float]:
    """The middle of something on the screen."""
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def lift(page: Page, what: Locator) -> None:
    """Take a card with the mouse, once it stands still."""
    what.hover()
    x, y = centre(what)
    page.mouse.down()
    page.mouse.move(x + 8, y + 8, steps=3)


def carry(page: Page, to: tuple[float, float], there: Locator) -> None:
    """Carry what is in the hand to a place on the screen, and move over it until it is `there`."""
    page.mouse.move(*to, steps=12)

    def arrived() -> bool:
        if there.count():
            return True
        page.mouse.move(to[0] + 2, to[1] + 2, steps=2)
        page.mouse.move(*to, steps=2)
        return False

    until(page, arrived, f"{there} under the hand")


def drag(page: Page, what: Locator, onto: Locator) -> Response:
    """Drag a card with the mouse onto the top of a column's cards; returns the server's answer."""
    what.scroll_into_view_if_needed()
    box = onto.bounding_box()
    assert box
    with page.expect_response(is_move) as answer:
        lift(page, what)
        carry(page, (box["x"] + box["width"] / 2, box["y"] + 40), onto.locator(".ghost"))
        page.mouse.up()
    return answer.value
