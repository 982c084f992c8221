"""What the palette offers before anybody types."""

import re

from app.search.queries.pages import PAGES


def start(browser, *ids):
    answer = browser.post(f"/w/{browser.slug}/search/start", data={"recent": [str(each) for each in ids]}, hx=True)
    assert answer.status_code == 200
    return answer.text


def test_the_leads_one_had_open_stand_first_in_their_order(alice, make_lead):
    first, second = make_lead(name="Hannah Cole"), make_lead(name="Tom Ashby")
    text = start(alice, first.id, second.id, "nonsense", first.id)
    assert "Recently opened" in text and text.index("Hannah Cole") < text.index("Tom Ashby")
    assert text.count("Hannah Cole") == 1


def test_without_any_the_newest_do(alice, make_lead):
    make_lead(name="Hannah Cole")
    for ids in ((), ("0" * 32,)):
        text = start(alice, *ids)
        assert "Just came in" in text and "Hannah Cole" in text


def test_a_colleagues_lead_is_not_shown_by_its_id(bob, mallory, world, make_lead):
    lead = make_lead(name="Hannah Cole", owner_id=world.alice.user_id)
    assert "Hannah" not in start(bob, lead.id) and "Hannah" not in start(mallory, lead.id)


def test_pages_are_those_of_the_role(alice, carol):
    assert "Settings" in start(alice) and "Settings" not in start(carol)


def test_every_page_is_there(alice):
    links = re.findall(r'href="([^"]+)"[^>]*id="page-', start(alice).replace("&amp;", "&"))
    assert len(links) == len(PAGES)
    for link in links:
        assert alice.get(link.partition("#")[0]).status_code == 200, link


def test_whatever_the_menus_lead_to_is_offered_too(alice):
    offered = set(re.findall(r'href="([^"]+)"[^>]*id="page-', start(alice)))
    menus = alice.get(f"/w/{alice.slug}/settings").text + alice.get(f"/w/{alice.slug}/squeegee").text
    for name in ("Main", "Settings", "Squeegee"):
        menu = re.search(rf'<nav[^>]*aria-label="{name}".*?</nav>', menus, re.DOTALL)
        assert menu, name
        missing = set(re.findall(r'href="(/[^"#]+)"', menu[0])) - offered
        assert not missing, (name, missing)
