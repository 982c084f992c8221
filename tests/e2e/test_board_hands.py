"""Cards in people's hands: several at once, by keys, on a phone; the question before one leaves; nothing ever jumps."""

import re

from playwright.sync_api import Page, Route, expect

from tests.e2e.browsers import People
from tests.e2e.steps import (
    add_lead,
    card,
    carry,
    centre,
    column,
    drag,
    is_move,
    lift,
    move_by_request,
    open_board,
    stage_ids,
)
from tests.e2e.touch import Finger
from tests.support.waiting import until


def said(page: Page, words: str) -> None:
    """A screen reader has heard this."""
    expect(page.locator("#announcer")).to_contain_text(words)


def slot(page: Page, stage: str):
    """A final stage in the rail."""
    return page.locator(".slot", has=page.locator(".name", has_text=stage))


def test_several_cards_go_together_and_come_back(people: People) -> None:
    page = people.staff()
    for name in ("Sev Three", "Sev Two", "Sev One"):
        add_lead(page, name)
    open_board(page)
    card(page, "Sev One").click(modifiers=["Control"])
    card(page, "Sev Three").click(modifiers=["Shift"])
    expect(page.locator("#selection")).to_contain_text("3 chosen")
    expect(page.locator("#drawer article")).to_have_count(0)
    target = column(page, "Contacted")
    drag(page, card(page, "Sev Two"), target.locator("[data-cards]"))
    toast = page.locator("#toasts", has_text="3 leads moved to Contacted")
    expect(toast).to_be_visible()
    for name in ("Sev One", "Sev Two", "Sev Three"):
        expect(card(target, name)).to_be_visible()
    toast.get_by_role("button", name="Undo").click()
    expect(card(target, "Sev One")).to_have_count(0)
    said(page, "3 leads back in New lead")  # the cards are back at once, the server's word comes later
    open_board(page)
    first = column(page, "New lead").locator(".lead > a")
    expect(first.nth(0)).to_have_text("Sev One")
    expect(first.nth(2)).to_have_text("Sev Three")


def test_a_second_drag_before_the_first_is_saved(people: People) -> None:
    page = people.staff()
    lead_id = add_lead(page, "Sam Second")
    open_board(page)
    second_stage = stage_ids(page)["Quote requested"]
    held: list[Route] = []
    page.route("**/stage", lambda route: held.append(route) if not held else route.continue_())
    link = card(page, "Sam Second").get_by_role("link")
    link.press("Shift+ArrowRight")
    expect(card(column(page, "Contacted"), "Sam Second")).to_be_visible()
    card(page, "Sam Second").get_by_role("link").press("Shift+ArrowRight")
    expect(card(column(page, "Quote requested"), "Sam Second")).to_be_visible()
    until(page, lambda: held, "the first move on its way")
    with (
        page.expect_response(is_move),
        page.expect_response(
            lambda answer: (
                is_move(answer)
                and answer.request.post_data
                and second_stage in (answer.request.post_data or "").split("&from")[0]
            )
        ) as second,
    ):
        held[0].continue_()
    assert second.value.status == 204
    open_board(page)
    expect(card(column(page, "Quote requested"), "Sam Second")).to_be_visible()
    assert lead_id


def test_what_was_asked_before_a_move_does_not_undo_it(people: People) -> None:
    page = people.staff()
    add_lead(page, "Ned Next")
    other_id = add_lead(page, "Olga Other")
    open_board(page)
    stages = stage_ids(page)
    asked: list[Route] = []
    column_url = re.compile(f"/leads/board/.*{stages['Contacted']}")
    page.route(column_url, lambda route: asked.append(route) if not asked else route.continue_())
    saves: list[Route] = []
    page.route("**/stage", lambda route: saves.append(route))
    with page.expect_request(column_url):
        move_by_request(page, other_id, stages["Contacted"])
    until(page, lambda: asked, "the request that is held")  # it is seen a moment before
    late = asked[0].fetch()  # read before the next move, arriving after it
    card(page, "Ned Next").get_by_role("link").press("Shift+ArrowRight")
    with page.expect_response(column_url):
        asked[0].fulfill(response=late)
    expect(card(column(page, "Contacted"), "Ned Next")).to_be_visible()
    expect(card(column(page, "Contacted"), "Olga Other")).to_have_count(0)
    until(page, lambda: saves, "the move on its way")
    with page.expect_response(is_move):
        saves[0].continue_()
    expect(card(column(page, "Contacted"), "Olga Other")).to_be_visible()
    expect(card(column(page, "Contacted"), "Ned Next")).to_be_visible()


def test_escape_puts_a_card_back_that_the_mouse_holds(people: People) -> None:
    page = people.staff()
    add_lead(page, "Ezra Escape")
    open_board(page)
    moves: list[str] = []
    page.on("request", lambda request: moves.append(request.url) if request.url.endswith("/stage") else None)
    box = column(page, "Contacted").locator("[data-cards]").bounding_box()
    assert box
    lift(page, card(page, "Ezra Escape"))
    carry(page, (box["x"] + box["width"] / 2, box["y"] + 40), column(page, "Contacted").locator(".ghost"))
    page.keyboard.press("Escape")
    said(page, "Ezra Escape is back in New lead")
    page.mouse.up()
    expect(card(column(page, "New lead"), "Ezra Escape")).to_be_visible()
    expect(page.locator("body[data-dragging]")).to_have_count(0)
    assert not moves
    drag(page, card(page, "Ezra Escape"), column(page, "Contacted").locator("[data-cards]"))
    expect(card(column(page, "Contacted"), "Ezra Escape")).to_be_visible()


def test_who_is_lost_says_why_and_when_to_ask_again(people: People) -> None:
    page = people.staff()
    add_lead(page, "Lola Lost")
    open_board(page)
    before = int(slot(page, "Declined").locator(".count").inner_text())

    def put_there() -> None:
        lift(page, card(page, "Lola Lost"))
        carry(page, centre(slot(page, "Declined")), slot(page, "Declined").locator(".lead"))
        page.mouse.up()

    put_there()
    dialog = page.get_by_role("dialog", name="Move Lola Lost to Declined?")
    expect(dialog).to_contain_text("This stops")
    page.keyboard.press("Escape")
    expect(card(column(page, "New lead"), "Lola Lost")).to_be_visible()
    said(page, "Lola Lost stays in New lead")
    put_there()
    dialog.get_by_text("Too dear").click()
    expect(dialog.get_by_label("Comes back on")).to_have_value(re.compile("-04-01$"))
    with page.expect_response(is_move) as answer:
        dialog.get_by_role("button", name="Move to Declined").click()
    assert answer.value.status == 204
    expect(slot(page, "Declined").locator(".count")).to_have_text(str(before + 1))
    slot(page, "Declined").get_by_role("link", name="Declined").click()
    expect(card(column(page, "Declined"), "Lola Lost")).to_contain_text("Offer the reviewed price")
    page.get_by_role("link", name="Fold Declined away").click()
    expect(column(page, "Declined")).to_have_count(0)


def test_lifted_carried_and_put_down_by_keys(people: People) -> None:
    page = people.staff()
    add_lead(page, "Kim Keys")
    open_board(page)
    link = card(page, "Kim Keys").get_by_role("link")
    link.press(" ")
    said(page, "Kim Keys lifted from New lead, 1 of")
    page.keyboard.press("ArrowRight")
    said(page, "Contacted, 1 of")
    page.keyboard.press("ArrowDown")
    said(page, "Contacted, 2 of")
    page.keyboard.press("Escape")
    said(page, "Kim Keys is back in New lead, 1 of")
    page.keyboard.press(" ")
    page.keyboard.press("ArrowRight")
    with page.expect_response(is_move) as answer:
        page.keyboard.press(" ")
    assert answer.value.status == 204
    expect(card(column(page, "Contacted"), "Kim Keys").get_by_role("link")).to_be_focused()


def test_what_another_does_moves_nothing_under_ones_hands(people: People) -> None:
    mine, other = people.staff(), people.staff(who="bob")
    for number in range(14):
        add_lead(other, f"Filler {number:02}")
    open_board(mine)
    cards = column(mine, "New lead").locator("[data-cards]")
    cards.evaluate("list => list.scrollTo(0, 700)")
    where = """list => {
        const seen = [...list.children].find(each => each.getBoundingClientRect().top > 200);
        return [seen.id, Math.round(seen.getBoundingClientRect().top)];
    }"""
    before = cards.evaluate(where)
    lead_id = add_lead(other, "Nora New")
    expect(card(column(mine, "New lead"), "Nora New")).to_be_attached()
    until(mine, lambda: cards.evaluate(where) == before, "what one reads in its place")
    # A card in the hand stays there, whatever happens around it.
    cards.evaluate("list => list.scrollTo(0, 0)")
    card(mine, "Nora New").hover()
    x, y = centre(card(mine, "Nora New"))
    mine.mouse.down()
    mine.mouse.move(x + 60, y + 30, steps=6)
    expect(mine.locator("body[data-dragging]")).to_be_attached()
    add_lead(other, "Late Comer")
    move_by_request(other, lead_id, stage_ids(mine)["Hot lead"])
    mine.wait_for_timeout(500)  # longer than a live change takes
    expect(card(column(mine, "New lead"), "Late Comer")).to_have_count(0)
    mine.mouse.move(x + 4, y + 4, steps=4)
    mine.mouse.up()
    expect(card(column(mine, "New lead"), "Late Comer")).to_be_visible()
    expect(card(column(mine, "New lead"), "Nora New")).to_have_count(0)


def test_on_a_phone_one_column_at_a_time(people: People) -> None:
    phone = people.staff("phone")
    add_lead(phone, "Pia Phone")
    open_board(phone)
    words = phone.get_by_role("navigation", name="Stages")
    expect(words.locator("[aria-current]")).to_contain_text("New lead")
    finger = Finger(phone)
    x, y = centre(card(phone, "Pia Phone"))
    finger.swipe(x, y, -220)
    expect(words.locator("[aria-current]")).to_contain_text("Contacted")
    words.get_by_role("link", name="Declined").tap()
    expect(column(phone, "Declined")).to_be_in_viewport(ratio=0.6)
    expect(words.locator("[aria-current]")).to_contain_text("Declined")


def test_narrowed_by_the_panel_and_ordered(people: People) -> None:
    page = people.staff()
    add_lead(page, "Fay Filter", price="90", frequency="4_weekly")
    open_board(page)
    page.get_by_role("link", name="Filter", exact=True).click()
    panel = page.get_by_role("dialog", name="Filter the board")
    panel.get_by_label("Name, phone, email or place").fill("Fay Filter")
    panel.get_by_role("button", name="Show leads").click()
    expect(page.locator(".lead")).to_have_count(1)
    assert "Filter" not in page.url.replace("/filter", "")
    page.get_by_role("link", name="Take off").click()
    expect(page.get_by_role("link", name="Take off")).to_have_count(0)
    expect(page.locator("[data-board][data-ready]")).to_be_attached()
    page.get_by_label("Order of the cards").select_option("Most valuable first")
    expect(page).to_have_url(re.compile("[?&]sort=value$"))
    expect(column(page, "New lead").locator(".lead > a").first).to_have_text("Fay Filter")

    expect(page.locator("[data-board][data-ready]")).to_be_attached()
    order = page.get_by_label("Order of the cards")
    order.focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowDown"):  # over all that lie between
        page.keyboard.press(key)
        expect(order).to_be_focused()
    expect(page).to_have_url(re.compile("[?&]sort=value$"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("[?&]sort=next$"))
