"""Who has their phone write large sees every word whole: nothing lies over its neighbour, nothing is cut."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsers import People
from tests.e2e.site import SLUG, Site
from tests.e2e.steps import add_lead, at_question, choose, go_on

# The words that stand out of their box, by the box of the text itself, and the boxes that lie over another one.
FAULTS = """([boxes, words]) => {
  const seen = (it) => it.checkVisibility() && it.getBoundingClientRect().width > 1;
  const out = (inner, outer) => inner.left < outer.left - 1 || inner.right > outer.right + 1
    || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
  const range = document.createRange();
  const text = (it) => { range.selectNodeContents(it); return range.getBoundingClientRect(); };
  const all = [...document.querySelectorAll(boxes)].filter(seen).map((it) => [it, it.getBoundingClientRect()]);
  const faults = all.length ? [] : ["nothing to look at"];
  for (const [it, box] of all) {
    if (box.left < 0 || box.right > innerWidth) faults.push(`${it.textContent.trim()} is beyond the screen`);
    for (const word of words === "its own" ? [it] : words ? it.querySelectorAll(words) : [])
      if (seen(word) && out(text(word), box)) faults.push(`${word.textContent.trim()} is cut`);
    for (const [other, its] of all)
      if (other !== it && over(box, its)) faults.push(`${it.textContent.trim()} lies over ${other.textContent.trim()}`);
  }
  return faults;
}"""


def enlarge(page: Page, percent: int) -> None:
    """Have the whole page's text as large as the phone's settings say, in the typeface that it is to have: the one that
    stands in for it until then is wider.
    """
    page.evaluate("size => document.documentElement.style.fontSize = size", f"{percent}%")
    page.evaluate("document.fonts.ready.then(() => 0)")


def faults(page: Page, boxes: str, words: str = "") -> list[str]:
    """What is cut or lies over another among `boxes`, by the `words` within them."""
    found: list[str] = page.evaluate(FAULTS, [boxes, words])
    return found


@pytest.mark.parametrize("percent", [115, 130, 200])
def test_on_the_desk(people: People, percent: int) -> None:
    page = people.staff("phone")
    page.goto(f"/w/{SLUG}/squeegee")  # the longest word of the bar, and so in bold
    enlarge(page, percent)
    assert faults(page, ".nav a, .me > summary", ".word, .name") == []
    icons = page.locator(".nav a .icon:visible").evaluate_all("all => all.map(it => it.getBoundingClientRect().top)")
    assert len({round(top) for top in icons}) <= 2  # in one row, or in two
    assert faults(page, ".topbar > *", "h1") == []
    page.locator(".me > summary").tap()
    assert faults(page, ".me .menu-list :is(a, button)") == []
    page.goto(f"/w/{SLUG}/inbox")
    enlarge(page, percent)
    assert faults(page, "main .avatar", "its own") == []  # the bar lies over whoever stands beneath it
    page.goto(f"/w/{SLUG}/settings/prices")
    enlarge(page, percent)
    assert faults(page, ".try-house > .field", "label") == []
    page.goto(f"/w/{SLUG}/leads/{add_lead(page, f'Lara {percent} Large')}")
    enlarge(page, percent)
    expect(page.locator(".reach")).to_be_visible()
    assert faults(page, ".reach > *", "its own") == []


def test_one_row_of_each_bar_on_the_smallest_phone(people: People) -> None:
    page = people.staff("phone")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"/w/{SLUG}/squeegee/transfers")
    page.locator("a.row-link[href*='/transfers/']").first.tap()  # a long title
    expect(page.get_by_role("heading", name="Transfer of")).to_be_visible()
    assert tops(page, ".nav a .icon:visible") == 1
    assert faults(page, ".nav a, .me > summary", ".word, .name") == []
    assert tops(page, ".topbar > div > :visible") == 1
    assert faults(page, ".topbar > *", "h1") == []
    page.goto(f"/w/{SLUG}/leads/{add_lead(page, 'Rosa Reach', phone='07700 900466')}")
    expect(page.locator(".reach > *")).to_have_count(4)
    assert tops(page, ".reach > *") == 1


def test_everything_is_in_reach_on_a_low_screen(people: People) -> None:
    """A phone on its side, and a desk at 400 per cent."""
    page = people.staff()
    page.set_viewport_size({"width": 844, "height": 390})
    page.goto(f"/w/{SLUG}/my-day")
    page.get_by_role("link", name="Settings", exact=True).click()
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") == 390
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(f"/w/{SLUG}/settings/templates/chase_day_3")
    page.locator(".me > summary").click()
    menu = page.locator(".me .menu-list").bounding_box()
    assert menu and menu["y"] >= 0
    page.locator(".me > summary").click()
    name = page.get_by_label("Name", exact=True)
    name.click()
    field, bar = name.bounding_box(), page.get_by_role("button", name="Save", exact=True).bounding_box()
    assert field and bar and field["y"] >= 0 and field["y"] + field["height"] <= bar["y"]


def tops(page: Page, boxes: str) -> int:
    """In how many rows boxes stand."""
    ends = page.locator(boxes).evaluate_all("all => all.map(it => Math.round(it.getBoundingClientRect().bottom))")
    return len(set(ends))


@pytest.mark.parametrize("percent", [100, 130, 200])
def test_names_in_the_list(people: People, percent: int) -> None:
    page = people.staff("phone")
    name = f"Bartholomew {percent} Longbottom of Upper Weston"
    add_lead(page, name, email=f"barty.{percent}@example.com")
    page.goto(f"/w/{SLUG}/leads?view=all")
    enlarge(page, percent)
    expect(page.get_by_role("link", name=name).first).to_be_visible()
    assert faults(page, ".list-table td.name-cell", ".row-link") == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_on_the_public_form(people: People, site: Site) -> None:
    page = people.stranger("phone")
    page.goto(site.form_url)
    expect(page.locator("[data-lead-form][data-ready]")).to_be_attached()
    enlarge(page, 200)
    assert faults(page, ".public-head > *", "its own") == []
    page.locator("[name=postcode]").fill("BA5 2QJ")
    go_on(page)
    at_question(page, "What kind of place is it?")
    assert faults(page, ".option", "b") == []
    page.locator("[data-next]").scroll_into_view_if_needed()
    assert faults(page, "[data-now] > *, .step-foot") == []
    box = page.locator("[data-next]").bounding_box()
    assert box and box["y"] + box["height"] <= 844
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize(("wide", "percent"), [(320, 100), (360, 100), (320, 200)])
def test_on_the_smallest_phones(people: People, site: Site, wide: int, percent: int) -> None:
    page = people.stranger("phone")
    page.set_viewport_size({"width": wide, "height": 568})
    page.goto(site.form_url)
    expect(page.locator("[data-lead-form][data-ready]")).to_be_attached()
    enlarge(page, percent)
    page.locator("[name=postcode]").fill("BA5 2QJ")
    questions = ("Where are the windows?", "What kind of place is it?", "How often shall we come?",
                 "Anything else while we are there?", "Can you show us the house?",
                 "How do we get to them?")  # fmt: skip
    for words in questions:
        at_question(page, words)
        assert page.evaluate("document.documentElement.scrollWidth") == wide, words
        if page.locator("[data-now] .option").count():
            assert faults(page, "[data-now] .option", "b") == []
        if words == "What kind of place is it?":
            choose(page, "property_type", "semi")
            choose(page, "bedrooms", "3")
        if words == "How often shall we come?":
            choose(page, "frequency", "8_weekly")
        go_on(page)


def test_the_words_of_the_sidebar_with_large_text_on_a_desk(people: People) -> None:
    page = people.staff()
    page.set_viewport_size({"width": 1366, "height": 900})
    page.goto(f"/w/{SLUG}/sequences")
    enlarge(page, 200)
    assert faults(page, ".nav a", ".word") == []
    assert page.locator("#nav").evaluate("nav => nav.scrollWidth <= nav.clientWidth")
