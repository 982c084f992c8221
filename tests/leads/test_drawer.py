"""The drawer and the page of a lead: what they cost, what they show, where one goes on from there."""

import re
from datetime import timedelta

from app.activities.services import add_note
from app.core.clock import utcnow
from app.extensions import db
from app.leads.services import get_lead, stage_by_key
from app.messaging.services import compose
from app.quotes.services import QuoteDraft, draft_quote

#: One statement more tells the database who asks; the fixture does not count it.
MOST = 8 - 1


def url(browser, lead, part: str = "") -> str:
    """The address of a lead, or of a part of it."""
    return f"/w/{browser.slug}/leads/{lead.id}{part}"


def move(browser, lead, key: str) -> None:
    """Move a lead as the board does."""
    data = {"to": stage_by_key(key).id}
    assert browser.post(url(browser, lead, "/stage"), data=data, headers={"Accept": "text/plain"}).status_code == 204


def busy_lead(alice, world, make_lead, stage_key: str):
    """A lead with a long timeline, acts planned, a quote and a message on its way."""
    lead = make_lead(name="Hannah Cole", price_minor=2400)
    for number in range(40):
        add_note(lead, f"Note {number}", world.alice.actor)
    body = {"recipient": "hannah@example.com", "subject": "Hello", "body": "Good day"}
    compose(lead, "email", actor=world.alice.actor, hold=timedelta(hours=1), created_by=world.alice.user_id, **body)
    draft_quote(lead.id, QuoteDraft({"8_weekly": 2400}, utcnow().date() + timedelta(days=20)), world.alice.actor)
    db.session.commit()
    move(alice, lead, stage_key)
    return lead


def test_the_drawer_takes_few_statements_whatever_it_shows(alice, world, make_lead, count_sql):
    for stage_key in ("quote_sent", "ready_for_squeegee", "booking_confirmed"):
        lead = busy_lead(alice, world, make_lead, stage_key)
        for part in ("", "/page", "?live=1"):
            alice.get(url(alice, lead, part), hx=part != "/page")
            with count_sql() as statements:
                answer = alice.get(url(alice, lead, part), hx=part != "/page")
            assert answer.status_code == 200 and len(answer.data) < 60_000
            assert len(statements) <= MOST, "\n\n".join(statements)


def test_what_is_to_come_stands_in_order_with_what_waits_to_leave(alice, world, make_lead):
    lead = busy_lead(alice, world, make_lead, "quote_sent")

    text = alice.get(url(alice, lead), hx=True).text

    assert "Hello" in text and "Leaving" in text
    assert text.index("Chase, day 3") < text.index("Chase, day 7")
    assert "3 more planned" in text


def test_a_refresh_leaves_out_what_people_write_in(alice, make_lead):
    text = alice.get(url(alice, make_lead(name="Hannah Cole"), "?live=1"), hx=True).text

    assert "Hannah Cole" in text
    assert "<textarea" not in text and 'class="event' not in text.split("lead-log")[1]


def test_the_time_in_each_stage(alice, make_lead):
    lead = make_lead(name="Hannah Cole")
    move(alice, lead, "contacted")

    text = alice.get(url(alice, lead, "/more"), hx=True).text

    moves = re.findall(r"<li><span>([^<]+)</span>", text.split("Time in each stage")[1])
    assert moves == ["New lead", "Contacted"]


def test_neighbours_in_the_list_and_in_the_column(alice, make_lead):
    first, second, third = (make_lead(name=name) for name in ("Ann Able", "Ben Able", "Cas Able"))
    move(alice, second, "contacted")

    def beside(lead, query):
        text = alice.get(url(alice, lead, f"/beside?{query}"), hx=True).text
        return re.findall(r'href="[^"]*/leads/([0-9a-f-]{36})', text)

    assert beside(second, "of=list") == [str(third.id), str(first.id)]
    assert beside(third, "of=list") == [str(second.id)]
    assert beside(first, "of=board") == [str(third.id)]
    assert beside(second, "of=board") == []
    assert beside(second, "of=list&sort=created") == [str(first.id), str(third.id)]
    assert beside(first, f"of=list&stage={stage_by_key('contacted').id}") == [str(second.id)]


def test_the_thumb_reaches_who_has_only_an_email(alice, dave, make_lead):
    def within_reach(who, lead):
        bar = who.get(url(who, lead), hx=True).text.partition('<nav class="reach"')[2].partition("</nav>")[0]
        return re.findall(r"</svg> (\w+)", bar)

    mailed, both = make_lead(phone=""), make_lead()

    assert within_reach(alice, mailed) == ["Email", "Log", "Note"]
    assert within_reach(alice, both) == ["Call", "Text", "Log", "Note"]
    assert within_reach(alice, make_lead(email="")) == ["Call", "Text", "Log", "Note"]
    assert within_reach(dave, mailed) == []


def test_how_they_would_be_reached_stands_beside_the_address(alice, make_lead):
    def said(method):
        text = alice.get(url(alice, make_lead(preferred_method=method)), hx=True).text
        lines = dict(re.findall(r'-fact-(phone|email)">(.+?)</div>', text, re.S))
        return [(re.search("prefers [a-z ]+", lines[name]) or [""])[0] for name in ("phone", "email")]

    assert said("any") == ["", ""]
    assert said("phone") == ["prefers a call", ""]
    assert said("sms") == ["prefers a text", ""]
    assert said("email") == ["", "prefers email"]


def test_the_way_back_is_carried_along(alice, make_lead):
    lead = make_lead(name="Hannah Cole")
    listed = f"http://127.0.0.1:9/w/{alice.slug}/leads?priority=normal&after=x"

    answer = alice.get(url(alice, lead), hx=True, headers={"HX-Current-URL": listed})

    assert answer.headers["HX-Push-Url"].endswith(f"{lead.id}?of=list&priority=normal")
    assert f'href="/w/{alice.slug}/leads?priority=normal"' in answer.text
    over = f"http://127.0.0.1:9{answer.headers['HX-Push-Url']}"  # another card, while this one is open
    other = alice.get(url(alice, make_lead()), hx=True, headers={"HX-Current-URL": over})
    assert other.headers["HX-Push-Url"].endswith("?of=list&priority=normal")
    whole = alice.get(answer.headers["HX-Push-Url"])
    assert whole.status_code == 200 and f"{lead.id}?of=list&amp;priority=normal" in whole.text


def test_another_ones_lead_has_no_drawer_page_or_neighbours(bob, world, make_lead):
    lead = make_lead(name="Hannah Cole", owner_id=world.alice.user_id)

    for part in ("", "/page", "/more", "/beside?of=list", "/similar", "/around", "/timeline"):
        assert bob.get(url(bob, lead, part), hx=True).status_code == 404, part
    assert bob.get(url(bob, lead)).status_code == 404


def test_a_viewer_reads_and_is_offered_no_change(dave, make_lead):
    lead = make_lead(name="Hannah Cole")

    text = dave.get(url(dave, lead), hx=True).text + dave.get(url(dave, lead, "/more"), hx=True).text

    assert "Hannah Cole" in text
    assert 'class="edit"' not in text and "<textarea" not in text and "Move to" not in text


def test_houses_like_it(alice, make_lead):
    house = {"postcode": "BA5 2QJ", "property_type": "semi", "bedrooms": "3", "frequency": "8_weekly"}
    for price, stage_key in ((2200, "ready_for_squeegee"), (2600, "booking_confirmed"), (3000, "declined"),
                             (3400, "declined"), (9900, "contacted")):  # fmt: skip
        other = get_lead(make_lead(name="Some One", price_minor=price, **house).id)
        other.stage_id = stage_by_key(stage_key).id
    elsewhere = get_lead(make_lead(name="Far Away", price_minor=100, **{**house, "postcode": "TA1 1AA"}).id)
    elsewhere.stage_id = stage_by_key("declined").id
    db.session.commit()
    lead = make_lead(name="Hannah Cole", **house)

    text = alice.get(url(alice, lead, "/similar"), hx=True).text

    assert "won at £22–26, lost at £30–34" in text
    assert "4 houses in BA5 of this kind and size" in text


def test_one_house_alone_is_no_price(alice, make_lead):
    other = get_lead(make_lead(name="Some One", price_minor=2200).id)
    other.stage_id = stage_by_key("declined").id
    db.session.commit()

    assert "hidden" in alice.get(url(alice, make_lead(name="Hannah Cole"), "/similar"), hx=True).text


def test_what_the_house_was_quoted_before_and_who_lived_there(alice, make_lead):
    place = {"address_line1": "4 Mill Lane", "postcode": "BA5 2QJ"}
    before = make_lead(name="Old Tenant", **place)
    till = (utcnow() + timedelta(days=20)).date().isoformat()
    alice.post(url(alice, before, "/quotes/new"), data={"price_8_weekly": "24", "valid_until": till})
    lead = make_lead(name="New Tenant", **place)

    text = alice.get(url(alice, lead, "/around"), hx=True).text
    assert "Old Tenant" in text and "same house" in text
    assert "£24 every 8 weeks" in text

    house = alice.get(f"/w/{alice.slug}/houses/{lead.property_id}").text
    assert "Old Tenant" in house and "New Tenant" in house and "£24 every 8 weeks" in house


def test_the_page_of_a_person(alice, bob, world, make_lead):
    lead = make_lead(name="Hannah Cole", owner_id=world.alice.user_id)
    address = f"/w/{alice.slug}/contacts/{lead.contact_id}"

    text = alice.get(address).text

    assert "Hannah Cole" in text and lead.number in text and "Nothing was agreed to or taken back yet" in text
    assert bob.get(address).status_code == 404


def test_what_is_not_known_can_be_added_and_the_name_is_changed_at_its_heading(alice, make_lead):
    lead = make_lead(name="Hannah Cole", email=None, price_minor=None, frequency="8_weekly")

    text = alice.get(url(alice, lead), hx=True).text

    assert ">Add email</a>" in text and ">Add price</a>" in text and "· </span>every 8 weeks" in text
    answer = alice.post(url(alice, lead, "/facts/name"), data={"value": "Hannah Coles", "was": "Hannah Cole"}, hx=True)
    assert f'hx-target="#lead-{lead.id}-name"' in answer.text and "Hannah Coles" in answer.text


def test_what_happened_last_stands_above_and_long_notes_are_folded(alice, world, make_lead):
    lead = make_lead(name="Hannah Cole")
    add_note(lead, "The gate is green", world.alice.actor)
    assert 'class="long"' not in alice.get(url(alice, lead), hx=True).text
    add_note(lead, "Ladder. " * 200, world.alice.actor)
    db.session.commit()

    for part in ("", "?live=1"):
        text = alice.get(url(alice, lead, part), hx=True).text
        assert "Ladder." in text[text.index("last-line") : text.index("last-line") + 400]
    assert alice.get(url(alice, lead), hx=True).text.count('<blockquote class="long">') == 1
