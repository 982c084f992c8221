"""What the palette finds, and for whom."""

import re

import pytest

from app.workspaces.queries import current_workspace

HANNAH = {
    "name": "Hannah Cole-O'Brien", "email": "hannah@example.com", "phone": "07700 900318", "postcode": "BS28 4EG",
    "address_line1": "14 Orchard Rise", "town": "Cheddar",
}  # fmt: skip
TOM = {
    "name": "Tom Ashby", "phone": "07700 900999", "postcode": "TA6 3AB", "email": "tom@example.com",
    "address_line1": "2 Quay Street", "town": "Bridgwater",
}  # fmt: skip


@pytest.fixture
def find(alice):
    """Ask as the palette does; the answer without the marks around what was typed."""

    def ask(typed, browser=alice, **more):
        answer = browser.post(f"/w/{browser.slug}/search", data={"q": typed, **more}, hx=True)
        assert answer.status_code == 200, answer.text
        return re.sub("</?mark>", "", answer.text)

    return ask


WAYS = (
    "han", "HANNAH", "cole", "obrien", "bri han", "900318", "0318", "07700 900318", "+44 7700 900318", "bs28", "BS28 4",
    "bs284eg", "hannah@example.com", "hannah@exam", "orchard", "14 orch", "orchard cheddar", "hannah orch", "che col",
)  # fmt: skip
NO_WAYS = (
    "", "h", "zzz", "%", "@", "' or 1=1", "90", "hannah cole ashby", "hannah quay", "\x00", "𝓱𝓪𝓷" * 60, "h@", ">", "-",
)  # fmt: skip


def test_a_lead_is_found_by_any_of_its_facts_and_in_any_order(find, make_lead):
    lead = make_lead(**HANNAH)
    make_lead(**TOM)
    for typed in WAYS:
        found = find(typed)
        assert lead.number in found, typed
        assert "Tom Ashby" not in found, typed


def test_nothing_is_found_by_what_fits_nobody(find, make_lead):
    make_lead(**HANNAH)
    assert [typed for typed in NO_WAYS if "Hannah" in find(typed)] == []


def test_a_lead_is_found_by_its_number_however_it_is_said(find, make_lead):
    lead = make_lead(**HANNAH)
    prefix, year, serial = lead.number.split("-")
    for typed in (lead.number, lead.number.lower(), f"{prefix} {year} {serial}", f"{year}-{serial}", str(int(serial))):
        assert "Hannah" in find(typed), typed


def test_a_number_whose_prefix_has_a_digit_is_found_as_it_is_written(find, make_lead):
    current_workspace().lead_number_prefix = "SW1"
    lead = make_lead(**HANNAH)
    assert lead.number.startswith("SW1-")
    for typed in (lead.number, lead.number.lower(), lead.number.replace("-", " ")):
        assert "Hannah" in find(typed), typed


def test_who_is_exactly_meant_comes_first(find, make_lead):
    exact = make_lead(name="Ann Lee", phone="07700 900101")
    longer = make_lead(name="Ann Leeson", phone="07700 900102")
    street = make_lead(name="Tom Ashby", phone="07700 900103", address_line1="3 Lee Street")
    found = find("lee")
    assert found.index(exact.number) < found.index(longer.number) < found.index(street.number)


@pytest.mark.parametrize("typed", ["St Andrew's Close", "28 st andrew", "stoke st mic", "close st cole", "st stoke"])
def test_an_address_is_found_by_its_short_words_too(find, make_lead, typed):
    lead = make_lead(**{**HANNAH, "address_line1": "28 St Andrew's Close", "town": "Stoke St Michael"})
    make_lead(**TOM)
    assert lead.number in find(typed) and "Ashby" not in find(typed)


def test_a_person_and_a_house_stand_once_however_many_leads_they_have(find, make_lead):
    for _ in range(2):
        make_lead(**HANNAH)
    people = find("hannah").split('aria-label="People"')[1]
    assert people.count('role="option"') == 1 and "2 leads" in people and "07700 900318" in people
    houses = find("orchard").split('aria-label="Houses"')[1]
    assert houses.count('role="option"') == 1 and "2 leads" in houses and "14 Orchard Rise, Cheddar" in houses


def test_what_was_typed_is_marked(alice, make_lead):
    make_lead(name="Zoë <b>Hall</b>", phone="07700 900104")
    text = alice.post(f"/w/{alice.slug}/search", data={"q": "zoe hal"}, hx=True).text
    assert "<mark>Zoë</mark>" in text and "<mark>Hal</mark>" in text and "<b>Hall" not in text


def test_a_slip_is_forgiven_in_a_small_workspace(find, make_lead):
    lead = make_lead(**HANNAH)
    make_lead(**TOM)
    for typed in ("hanah", "hannha", "colle", "hannnah cole", "brian", "obriem", "hanahh"):
        found = find(typed)
        assert "Close matches" in found and lead.number in found and "Tom" not in found, typed


def test_too_many_slips_are_not_forgiven(find, make_lead):
    make_lead(**HANNAH)
    for typed in ("xan", "hnn", "hannah xxxx", "kole ashb", "0319", "bs29", "manneh"):
        assert "Hannah" not in find(typed), typed


def test_a_large_workspace_forgives_no_slip(find, make_lead, monkeypatch):
    from app.search.queries import nearly

    make_lead(**HANNAH)
    monkeypatch.setattr(nearly, "MOST_OPENED", 0)
    monkeypatch.setattr(nearly, "_ALL", nearly._statement())
    assert "Hannah" not in find("hanah")


def test_what_was_put_away_is_not_found(find, make_lead):
    from app.extensions import db

    lead = make_lead(**HANNAH)
    lead.shelf = "archive"
    db.session.commit()
    for typed in ("han", "hanah", lead.number, "bs28", "0318"):
        assert "Hannah" not in find(typed), typed


def test_another_workspace_finds_nothing(find, mallory, make_lead):
    make_lead(**HANNAH)
    for typed in ("han", "hanah", "0318", "orchard"):
        assert "Hannah" not in find(typed, mallory)


def test_sales_do_not_find_a_colleagues_lead(find, bob, world, make_lead):
    lead = make_lead(**HANNAH, owner_id=world.alice.user_id)
    for typed in ("han", "hanah", "0318", "orchard", lead.number):
        assert "Hannah" not in find(typed, bob)


def test_the_page_works_without_scripts(alice, make_lead):
    make_lead(**HANNAH)
    blank = alice.get(f"/w/{alice.slug}/search").text
    assert 'name="q"' in blank and "/leads/board" in blank
    page = alice.post(f"/w/{alice.slug}/search", data={"q": "han"}).text
    assert "<html" in page and "<mark>Han</mark>nah" in page and 'role="option"' not in page


def test_a_search_takes_five_statements_at_most(alice, make_lead, count_sql):
    make_lead(**HANNAH)
    alice.post(f"/w/{alice.slug}/search", data={"q": "han"}, hx=True)
    for typed in ("han", "hannah orchard", "0318", "bs28"):
        with count_sql() as statements:
            alice.post(f"/w/{alice.slug}/search", data={"q": typed, "look": f"opening-{typed[:2]}"}, hx=True)
        assert len(statements) <= 5, (typed, statements)
