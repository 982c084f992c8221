"""Search over encrypted data."""

import pytest

HANNAH = {
    "name": "Hannah Cole-O'Brien", "email": "hannah@example.com", "phone": "07700 900318", "postcode": "BS28 4EG"
}  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    ["han", "HANNAH", "cole", "obrien", "bri han", "900318", "0318", "07700 900318", "bs28", "BS28 4", "bs284eg",
     "hannah@example.com"],
)  # fmt: skip
def test_a_lead_is_found_by(alice, make_lead, typed):
    lead = make_lead(**HANNAH)
    make_lead(name="Tom Ashby", phone="07700 900999", postcode="TA6 3AB", email="tom@example.com")

    found = alice.post(f"/w/{alice.slug}/search", data={"q": typed}, hx=True).text

    assert lead.number in found
    assert "Tom Ashby" not in found


def test_a_lead_is_found_by_its_number(alice, make_lead):
    lead = make_lead(**HANNAH)
    assert "Hannah" in alice.post(f"/w/{alice.slug}/search", data={"q": lead.number.lower()}, hx=True).text


@pytest.mark.parametrize("typed", ["", "h", "zzz", "%", "' or 1=1", "900", "hannah cole ashby", "\x00", "𝓱𝓪𝓷" * 60])
def test_nothing_is_found_by(alice, make_lead, typed):
    make_lead(**HANNAH)
    answer = alice.post(f"/w/{alice.slug}/search", data={"q": typed}, hx=True)

    assert answer.status_code == 200
    assert "Hannah" not in answer.text


def test_another_workspace_finds_nothing(mallory, make_lead):
    make_lead(**HANNAH)
    assert "Hannah" not in mallory.post(f"/w/{mallory.slug}/search", data={"q": "han"}, hx=True).text


def test_sales_do_not_find_a_colleagues_lead(bob, world, make_lead):
    make_lead(**HANNAH, owner_id=world.alice.user_id)
    assert "Hannah" not in bob.post(f"/w/{bob.slug}/search", data={"q": "han"}, hx=True).text


def test_the_page_works_without_scripts(alice, make_lead):
    make_lead(**HANNAH)
    page = alice.post(f"/w/{alice.slug}/search", data={"q": "han"}).text
    assert "<html" in page and "Hannah" in page
