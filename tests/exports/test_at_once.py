"""An export of few leads: a file at once, of exactly what the list shows."""

import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select

from app.core.clock import utcnow
from app.core.ids import new_id
from app.exports.models import LeadExport
from app.exports.queries.facts import EVERYTHING, FACTS, facts_shown
from app.extensions import db
from app.leads.models import Lead
from app.leads.queries.columns import COLUMNS
from app.leads.queries.filtering import seal_words
from app.leads.services import add_tag, put_in_bin, tag_named
from app.workspaces.queries import today_here
from tests.exports.asking import audited, export, names, sheet, table


@pytest.fixture
def many(make_lead):
    """Seven leads, A to G, oldest first; A to E have a next act (E the soonest), F and G none."""
    now = utcnow()
    for place, letter in enumerate("ABCDEFG"):
        lead = make_lead(name=f"Lead {letter}", price_minor=1000 + 100 * ((place * 3) % 7))
        lead.created_at = now - timedelta(days=10 - place)
        lead.priority = "high" if letter in "BDF" else "normal"
        lead.next_act = "Ring" if place < 5 else None
        lead.next_act_at = now + timedelta(hours=10 - place) if place < 5 else None
    db.session.commit()


@pytest.mark.parametrize(
    ("query", "letters"),
    [
        ("", "GFEDCBA"), ("sort=created", "ABCDEFG"), ("sort=due", "EDCBAGF"), ("sort=-due", "ABCDEGF"),
        ("priority=high", "FDB"), ("priority.not=high&sort=-value", "CEGA"),
    ],
)  # fmt: skip
def test_a_file_has_the_leads_of_the_list_in_its_order(alice, many, query: str, letters: str) -> None:
    found = [name.removeprefix("Lead ") for name in names(export(alice, query))]
    assert "".join(found) == letters
    shown = alice.get(f"/w/wells/leads?{query or 'view=all'}").text
    assert re.findall(r'class="row-link" href="[^"]*">Lead (\w)<', shown) == found


def test_it_has_all_pages_and_only_what_lies_on_the_desk(alice, world, make_lead) -> None:
    leads = [make_lead(name=f"Person {number}") for number in range(53)]
    put_in_bin(leads[0].id, world.alice.actor)
    db.session.commit()
    assert len(re.findall('class="row-link"', alice.get("/w/wells/leads?view=all").text)) == 50
    assert names(export(alice)) == [f"Person {number}" for number in range(52, 0, -1)]


def full_lead(world, make_lead, **given) -> Lead:
    """One of which everything is known."""
    lead = make_lead(
        name="Mrs Hannah Cole", email="hannah@example.com", phone="07700 900318", address_line1="12 Mill Lane",
        address_line2="Haybridge", town="Wells", postcode="BA5 2QJ", property_type="detached", bedrooms="6+",
        access_facts=["dog"], access_notes="Code 4411", service="gutter_clearing", extras=["inside", "velux"],
        frequency="8_weekly", price_minor=2450, first_price_minor=4800, priority="urgent", source_key="phone",
        wishes="Please ring\nbefore nine", owner_id=world.bob.user_id, source_details={"reference": "SWC-0417"},
        preferred_method="sms", preferred_time="morning",
        **given,
    )  # fmt: skip
    for name in ("Leaflet", "North round"):
        add_tag([lead.id], tag_named(name, world.alice.actor), world.alice.actor)
    lead.decline_reason, lead.squeegee_customer_id = "too_expensive", "1042"
    lead.next_act, lead.next_act_at = "Chase quote", datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
    lead.last_contact_at, lead.last_contact_method = datetime(2026, 3, 2, 10, 0, tzinfo=UTC), "phone"
    lead.stage_entered_at, lead.first_service_date = datetime(2026, 2, 1, 8, 0, tzinfo=UTC), date(2026, 7, 3)
    lead.follow_up_count, lead.quote_valid_until, lead.quality_score = 2, date(2026, 6, 30), 7
    lead.created_at, lead.last_activity_at = (datetime(2026, month, 5, 9, 5, tzinfo=UTC) for month in (1, 6))
    db.session.commit()
    return lead


def test_everything_is_told_in_plain_figures_iso_days_and_the_words_of_the_trade(alice, world, make_lead) -> None:
    lead = full_lead(world, make_lead)
    assert table(export(alice)) == [
        {
            "Lead number": lead.number, "Name": "Mrs Hannah Cole", "Email": "hannah@example.com",
            "Phone": "07700 900318", "Preferred contact method": "Text message", "Preferred time": "Mornings",
            "Address line 1": "12 Mill Lane", "Address line 2": "Haybridge", "Town": "Wells",
            "Postcode": "BA5 2QJ", "Property type": "Detached", "Bedrooms": "6 or more", "Access": "Dog\nCode 4411",
            "Service": "Gutter clearing", "Extras": "Inside too, Velux windows", "Frequency": "Every 8 weeks",
            "Price": "24.50", "First clean price": "48.00", "Yearly value": "159.25", "Stage": "New lead",
            "Owner": "Bob Baker", "Source": "Phone call", "Priority": "Urgent", "Tags": "Leaflet, North round",
            "Wishes": "Please ring\nbefore nine", "Decline reason": "Too dear", "Next act": "Chase quote",
            "Next act due": "2026-07-01 09:30",  # in the zone of the business, which is an hour ahead in summer
            "Created": "2026-01-05 09:05", "Last activity": "2026-06-05 10:05", "Squeegee reference": "1042",
            "Reference": "SWC-0417", "Area": "BA5 2", "Monthly value": "13.27", "Last contact": "2026-03-02 10:00",
            "Answered in (working minutes)": "", "Last contact by": "Phone", "Times chased": "2",
            "In its stage since": "2026-02-01 08:00", "Expected close": "", "Chance (%)": "", "Quality": "7",
            "Quote valid until": "2026-06-30", "Returns on": "", "First visit": "2026-07-03",
        }
    ]  # fmt: skip


def test_what_is_not_known_is_blank_and_no_nought(alice, make_lead) -> None:
    make_lead(email=None, address_line1=None, town=None, property_type=None, bedrooms=None, frequency=None)
    row = table(export(alice))[0]
    blank = ("Email", "Address line 1", "Property type", "Bedrooms", "Frequency", "Price", "Yearly value", "Tags")
    assert {row[title] for title in blank} == {""}


def test_excel_holds_the_same_with_sums_as_numbers(alice, world, make_lead) -> None:
    full_lead(world, make_lead)
    make_lead(name="Owen Pike", price_minor=1900)
    in_csv, in_excel = table(export(alice)), sheet(export(alice, format="xlsx"))
    assert in_excel[0] == list(in_csv[0])
    sums = ("Price", "First clean price", "Yearly value", "Monthly value")
    for row, cells in zip(in_csv, in_excel[1:], strict=True):
        for (title, told), cell in zip(row.items(), cells, strict=True):
            written = f"{cell:.2f}" if title in sums and cell is not None else "" if cell is None else str(cell)
            assert written == told
    price = in_excel[0].index("Price")
    assert [row[price] for row in in_excel[1:]] == [19, 24.5]


def test_a_long_filter_is_read_to_its_end(alice, make_lead) -> None:
    make_lead(name="Hannah Cole", postcode="BA5 2QJ")
    make_lead(name="Owen Pike", postcode="BS28 4AB")
    others = [f"{field}.not={new_id()}" for field in ("stage", "owner", "source", "tag", "import") for _ in range(40)]
    query = "&".join([*others, "area=BA5"])
    assert len(query) > 8_000
    assert names(export(alice, query)) == ["Hannah Cole"]


HOSTILE = ('=HYPERLINK("http://x")', "+SUM(A1)", "-2+3", "@cmd", "\uff1d1+1", "  =1")


@pytest.mark.parametrize("kind", ("csv", "xlsx"))
def test_no_cell_is_a_formula(alice, world, make_lead, kind: str) -> None:
    for words in HOSTILE:
        lead = make_lead(name=words, wishes=words, town=words, address_line2=words)
        add_tag([lead.id], tag_named(words, world.alice.actor), world.alice.actor)
    answer = export(alice, format=kind)
    rows = [list(row.values()) for row in table(answer)] if kind == "csv" else sheet(answer)[1:]
    cells = [cell for row in rows for cell in row if isinstance(cell, str)]
    assert [cell for cell in cells if cell.lstrip()[:1] in ("=", "+", "-", "@", "\uff1d")] == []
    assert sum(cell.startswith("'") for cell in cells) >= 4 * len(HOSTILE)


def test_the_file_is_only_ever_saved_and_kept_by_nobody_on_the_way(alice, make_lead) -> None:
    make_lead()
    today = today_here().isoformat()
    for kind, mime in (("csv", "text/csv"), ("xlsx", "application/vnd.openxmlformats-officedocument")):
        headers = export(alice, format=kind).headers
        assert headers["Content-Disposition"] == f'attachment; filename="leads-{today}.{kind}"'
        assert headers["Content-Type"].startswith(mime)
        assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
    assert db.session.scalars(select(LeadExport)).all() == []


def test_the_columns_shown_are_those_of_the_list_or_its_view(alice, make_lead) -> None:
    make_lead(price_minor=2400)
    alice.post("/w/wells/leads/columns", data={"column": ["phone", "wants", "chased", "house"]})
    titles = list(table(export(alice, columns="shown"))[0])
    first = ["Lead number", "Name", "Phone"]
    assert titles == [*first, "Service", "Frequency", "Property type", "Bedrooms", "Times chased"]
    form = {"name": "Money", "query": "value=1..", "place": "list", "columns": "1", "column": "x"}
    alice.post("/w/wells/leads/columns", data={"column": ["value", "month"]})
    kept = alice.post("/w/wells/leads/views", data=form).headers["Location"]
    view = re.search(r"view=([0-9a-f-]+)", kept)
    assert view
    alice.post("/w/wells/leads/columns", data={"usual": "1"})
    titles = list(table(export(alice, columns="shown", view=view[1]))[0])
    assert titles == ["Lead number", "Name", "Yearly value", "Price", "Monthly value"]


def test_every_column_of_the_list_has_something_to_tell() -> None:
    for key in COLUMNS:
        assert set(facts_shown([key])) <= set(FACTS), key
        assert len(facts_shown([key])) > 2, key
    assert set(EVERYTHING) == set(FACTS) and len(EVERYTHING) == 45


def test_the_form_says_how_many_and_works_without_scripts(alice, make_lead) -> None:
    make_lead(priority="high")
    make_lead()
    shown = alice.get("/w/wells/leads?priority=high").text
    found = re.search(r'href="(/w/wells/exports/new[^"]*)"', shown)
    assert found
    form = alice.get(found[1].replace("&amp;", "&")).text
    assert "Export 1 lead" in form and "Priority: High" in form
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    body = fields | {"format": "csv", "columns": "shown"}
    assert len(table(alice.post("/w/wells/exports", data=body, csrf=False))) == 1
    assert alice.post("/w/wells/exports", data=body | {"csrf_token": "x"}, csrf=False).status_code == 400
    assert "<html" not in alice.get(found[1].replace("&amp;", "&"), hx=True).text


def test_what_can_not_be_exported_is_said(alice, make_lead) -> None:
    nothing = export(alice)
    assert nothing.status_code == 422 and "nothing to export" in nothing.text
    make_lead()
    for wrong in ("pdf", ""):
        refused = export(alice, format=wrong)
        assert refused.status_code == 422 and "Choose a kind of file" in refused.text


def test_only_those_who_see_every_lead_may(alice, bob, carol, dave, world, make_lead) -> None:
    make_lead(owner_id=world.bob.user_id)
    for browser in (bob, carol, dave):
        assert export(browser).status_code == 403
        for path in ("exports", "exports/new"):
            assert browser.get(f"/w/wells/{path}").status_code == 403
        assert "/exports" not in browser.get("/w/wells/leads").text
    assert "/exports/new" in alice.get("/w/wells/leads").text


def test_another_workspace_s_leads_are_in_no_file(alice, mallory, world, make_lead) -> None:
    mine = make_lead(name="Hannah Cole")
    with world.mallory.acting():
        make_lead(name="Rival’s Own")
    assert names(export(mallory)) == ["Rival’s Own"]
    tag = f"stage={mine.stage_id}"
    assert export(mallory, tag).status_code == 422  # there is no lead in a stage of somebody else’s


def test_the_audit_log_says_who_how_many_and_which_and_nobody_s_name(alice, make_lead) -> None:
    make_lead(name="Hannah Cole", priority="high")
    words = seal_words("Hannah")
    answer = export(alice, f"priority=high&words={quote(words)}&number=HANNAH&reason=Hannah&sort=value", format="xlsx")
    assert answer.status_code == 422  # no lead has such a number
    export(alice, f"priority=high&words={quote(words)}&campaign.not=Hannah&sort=value", columns="shown")
    (said,) = audited("export.made")
    assert said["leads"] == 1 and said["format"] == "csv" and said["order"] == "value"
    assert said["filter"] == [["priority", "high"], ["words", "…"], ["campaign.not", "…"]]
    assert said["columns"][:2] == ["number", "name"]
    assert "Hannah" not in str(said) and words not in str(said)


def test_it_takes_the_same_statements_for_many_as_for_few(alice, make_lead, count_sql) -> None:
    make_lead()
    export(alice)
    with count_sql() as few:
        export(alice)
    for _ in range(8):
        make_lead()
    with count_sql() as many:
        export(alice)
    assert len(many) == len(few) <= 16


def test_a_person_who_asks_all_the_time_has_to_wait(alice, make_lead) -> None:
    make_lead()
    assert [export(alice).status_code for _ in range(11)] == [*[200] * 10, 429]


def test_only_those_that_are_ticked(alice, many, mallory, world) -> None:
    ids = {lead.contact.name[-1]: str(lead.id) for lead in db.session.scalars(select(Lead))}
    ticked = ",".join(ids[letter] for letter in "BFD")
    assert names(export(alice, order="created", leads=ticked, all="")) == ["Lead B", "Lead D", "Lead F"]
    assert len(names(export(alice, "priority=normal", leads=ticked, all=""))) == 3  # ticked before it was narrowed down
    assert names(export(alice, "priority=high", leads=ticked, all="1")) == ["Lead F", "Lead D", "Lead B"]
    assert len(names(export(alice, leads=ids["A"], all="1"))) == 7
    for nothing in ("", "nonsense"):
        assert export(alice, leads=nothing, all="").status_code == 422
    assert export(mallory, leads=ticked, all="").status_code == 422
    many_ids = ",".join(str(new_id()) for _ in range(501))
    assert "up to 500 ticked leads" in export(alice, leads=many_ids, all="").text
    assert 'aria-label="Export to a file"' in alice.get("/w/wells/bulk/bar", hx=True).text
