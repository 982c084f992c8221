"""The audit log as a page: who did what to what, when and from where; narrowed by its address, a page at a time."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.audit.queries import listing
from app.core.clock import utcnow
from app.extensions import db
from app.leads.services import put_in_bin
from app.leads.services.emptying import delete_for_good
from app.workspaces.models import Membership
from tests.audit.writing import FIREFOX, URL, entry, link, many, rows, whats
from tests.isolation.records import make_members
from tests.support.client import Client
from tests.support.leads import make_lead
from tests.support.world import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def quiet(world: World) -> World:
    """The world with nothing in the log yet but its making."""
    assert db.session.scalar(text("select count(*) from audit_entries")) == 1
    return world


def test_it_says_who_did_what_to_what_and_from_where(quiet: World, alice: Client, bob: Client) -> None:
    lead = make_lead(quiet.alice.actor)
    db.session.commit()
    bob.post(
        f"/w/wells/leads/{lead.id}/notes", data={"note": "Rang twice", "note_type": "general"},
        headers={"User-Agent": FIREFOX},
    )  # fmt: skip
    page = alice.get(URL).text
    assert rows(page)[0] == ["just now", "Bob Baker", "Wrote a note", lead.number, "127.0.0.1 Firefox on Windows"]
    assert f'href="/w/wells/leads/{lead.id}">{lead.number}</a>' in page
    assert re.search(r'<time datetime="[^"]+" title="\w{3} \d+ \w{3} \d{4}, \d\d:\d\d">just now', page)
    assert "Rang twice" not in page
    assert 'data-items=".log-open button"' in page and page.count('class="log-open"><form') > 0  # j and k go there
    assert rows(page)[-1][1:] == ["Alice Archer", "Made the workspace", "", ""]


def test_nobody_is_an_id(quiet: World, alice: Client) -> None:
    entry("quote.opened", actor_kind="customer", subject_type="quote", subject_id=uuid4())
    entry("quote.expired", ago=HOUR)
    entry("note.added", ago=2 * HOUR, actor_kind="person", actor_id=uuid4(), subject_type="lead", subject_id=uuid4())
    entry("account.link_asked", ago=3 * HOUR, actor_kind="customer", subject_type="account",
          subject_id=quiet.bob.user_id)  # fmt: skip
    member = db.session.scalars(db.select(Membership).where(Membership.user_id == quiet.carol.user_id)).one()
    member.deactivated_at = utcnow()
    entry("call.logged", ago=4 * HOUR, actor_kind="person", actor_id=quiet.carol.user_id)
    entry("member.role_changed", ago=5 * HOUR, subject_type="member", subject_id=member.id)
    page = alice.get(URL).text
    assert [row[1:4] for row in rows(page) if row[2] != "Made the workspace"] == [
        ["Customer", "A quote was opened", ""],
        ["Sill", "A quote came to its end", ""],
        ["Former member", "Wrote a note", ""],
        ["Somebody not signed in", "Asked for a link to a new password", "Bob Baker"],
        ["Carol Cooper", "Logged a call", ""],
        ["Sill", "Changed somebody’s role", "Carol Cooper"],
    ]
    assert "Carol Cooper (has left)</option>" in page


def test_each_filter_leaves_the_rest_out(quiet: World, alice: Client) -> None:
    lead, other = make_lead(quiet.alice.actor), make_lead(quiet.alice.actor)
    noon = datetime(2026, 3, 29, 12, tzinfo=UTC)
    bobs = {"actor_kind": "person", "actor_id": quiet.bob.user_id}
    entry("note.added", at=noon, subject_type="lead", subject_id=lead.id, **bobs)
    entry("reply.received", at=noon - DAY, subject_type="lead", subject_id=other.id, actor_kind="customer")
    # The clocks go forward on that Sunday: its first hour is still winter's, its last is summer's.
    entry("tag.made", at=datetime(2026, 3, 29, 22, 59, tzinfo=UTC))
    entry("tag.deleted", at=datetime(2026, 3, 29, 23, 0, tzinfo=UTC))
    month = "from=2026-03-01&to=2026-03-31"
    all_of_it = ["Deleted a tag", "Made a tag", "Wrote a note", "A reply came in"]
    for query, expected in {
        month: all_of_it,
        f"{month}&who={quiet.bob.user_id}": ["Wrote a note"],
        f"{month}&who=customer": ["A reply came in"],
        f"{month}&who=system": ["Deleted a tag", "Made a tag"],
        f"{month}&kind=settings": ["Deleted a tag", "Made a tag"],
        f"{month}&kind=leads": ["Wrote a note"],
        "from=2026-03-29&to=2026-03-29": ["Made a tag", "Wrote a note"],
        "from=28%2F03%2F2026&to=28%2F03%2F26": ["A reply came in"],
        f"{month}&lead={lead.number}": ["Wrote a note"],
        f"{month}&lead={lead.number[-3:]}": ["Wrote a note"],
        f"{month}&lead={other.number.lower()}&kind=leads": [],
        f"{month}&who=nobody&kind=strange&after=xyz": all_of_it,
        f"{month}&who={uuid4()}": all_of_it,
    }.items():
        assert whats(alice.get(f"{URL}?{query}").text) == expected, query


def test_what_hangs_on_a_lead_is_found_by_its_number(quiet: World, alice: Client) -> None:
    from app.followups.models import FollowUp

    lead = make_lead(quiet.alice.actor)
    act = FollowUp(lead_id=lead.id, kind="call", title="Call", due_at=utcnow(), state="planned")
    db.session.add(act)
    db.session.flush()
    entry("follow_up.cancelled", subject_type="follow_up", subject_id=act.id)
    entry("follow_up.cancelled", subject_type="follow_up", subject_id=uuid4())
    page = alice.get(f"{URL}?lead={lead.number}&kind=follow-ups").text
    assert ["Sill", "A follow-up was called off", lead.number] in [row[1:4] for row in rows(page)]
    assert all(row[3] == lead.number for row in rows(page))


def test_a_lead_that_was_deleted_for_good_is_found_by_its_number(quiet: World, alice: Client) -> None:
    kept, gone = make_lead(quiet.alice.actor), make_lead(quiet.alice.actor)
    put_in_bin(gone.id, quiet.alice.actor)
    lead_id, number = gone.id, gone.number
    assert delete_for_good([lead_id], quiet.alice.actor) == 1
    db.session.commit()
    for typed in (number, number.lower(), number[-3:]):
        found = whats(alice.get(f"{URL}?lead={typed}").text)
        assert "Deleted a lead for good" in found and "Added a lead" in found
    assert "Deleted a lead for good" not in whats(alice.get(f"{URL}?lead={kept.number}").text)


def test_what_can_not_be_read_is_said_beside_its_field(quiet: World, alice: Client) -> None:
    for query, field, words in (
        ("from=soon", "from", "Enter a date, like 24/11/2026."),
        ("to=0001-01-01", "to", "Enter a date, like 24/11/2026."),
        ("from=2026-03-02&to=2026-03-01", "to", "This is before the first day."),
        ("lead=999", "lead", "No lead has this number."),
        ("lead=%00%27--", "lead", "No lead has this number."),
    ):
        page = alice.get(f"{URL}?{query}").text
        assert f'<p class="error" id="f-{field}-error">{words}</p>' in page, query
        assert rows(page) == []
    answer = alice.get(f"{URL}?kind=leads&lead=Hannah&who={quiet.bob.user_id}&from=2026-01-01&to=2026-01-02", hx=True)
    assert "Hannah" not in answer.headers["HX-Push-Url"]
    assert alice.get(f"{URL}?kind=leads&who=&from=", hx=True).headers["HX-Push-Url"].endswith("/audit?kind=leads")


def test_pages_go_on_and_back(quiet: World, alice: Client) -> None:
    same = utcnow() - DAY
    for number in range(120):
        db.session.add(_made("lead.starred" if number % 2 else "lead.unstarred", same - HOUR * (number // 3)))
    db.session.commit()
    first = alice.get(f"{URL}?kind=leads").text
    second = alice.get(link(first, "next")).text
    third = alice.get(link(second, "next")).text
    ids = [re.findall(r'id="audit-entry-([^"]+)"', page) for page in (first, second, third)]
    assert [len(each) for each in ids] == [50, 50, 20]
    assert len({each for page in ids for each in page}) == 120
    assert link(first, "prev") is None and link(third, "next") is None
    assert re.findall(r'id="audit-entry-([^"]+)"', alice.get(link(third, "prev")).text) == ids[1]
    back = alice.get(link(second, "prev")).text
    assert re.findall(r'id="audit-entry-([^"]+)"', back) == ids[0] and link(back, "prev") is None
    assert "Made the workspace" in alice.get(f"{URL}?{link(first, 'next').partition('&')[2]}").text  # another list's


def _made(action: str, at: datetime) -> Any:
    from app.audit.models import AuditEntry

    return AuditEntry(action=action, at=at, subject_type="workspace", actor_kind="system")


def test_acts_that_lie_far_apart_are_looked_for_a_part_at_a_time(
    quiet: World, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 100)
    many(quiet.workspace_id, 250)
    entry("tag.made", ago=400 * DAY)
    seen, url = [], f"{URL}?kind=settings&to={utcnow().date() - DAY}"
    for _ in range(3):
        page = alice.get(url).text
        seen.append(whats(page))
        url = link(page, "next") or ""
    assert seen == [[], [], ["Made a tag"]] and not url
    assert "Look further back with Next." in alice.get(f"{URL}?kind=settings&to={utcnow().date() - DAY}").text
    assert whats(alice.get(link(page, "prev")).text) == []


def test_a_page_takes_few_statements(
    quiet: World, alice: Client, count_sql: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "LOOKED_THROUGH", 100)
    lead = make_lead(quiet.alice.actor)
    many(quiet.workspace_id, 200, subject_id=lead.id, actor_id=quiet.bob.user_id)
    for kind in ("quote", "message", "follow_up", "conversation", "tag", "lead_form", "arrival", "member", "stage"):
        entry("note.added", subject_type=kind, subject_id=uuid4())
    for query in ("", f"?who={quiet.carol.user_id}&kind=settings", f"?lead={lead.number}&who={quiet.bob.user_id}"):
        alice.get(URL + query)
        with count_sql() as statements:
            assert alice.get(URL + query).status_code == 200
        assert len(statements) <= 8, statements


def test_only_who_runs_the_place_reads_it(quiet: World, sign_in: Callable[..., Client], mallory: Client) -> None:
    entry_id = entry("note.added", after='{"words": "Rang twice"}')
    for role, member in make_members(quiet).items():
        browser = sign_in(member)
        answers = [
            browser.get(URL), browser.post(f"{URL}/{entry_id}"), browser.post(f"{URL}/export"),
        ]  # fmt: skip
        expected = 200 if role in ("owner", "admin") else 403
        assert [each.status_code for each in answers] == [expected] * 3, role
        if browser.get("/w/wells/settings").status_code == 200:
            assert ("/settings/audit" in browser.get("/w/wells/settings").text) == (expected == 200)
    assert mallory.get(URL).status_code == 404
    assert whats(mallory.get("/w/rival/settings/audit").text) == ["Made the workspace"]
    assert mallory.post(f"/w/rival/settings/audit/{entry_id}").status_code == 404


def test_nothing_fits_and_nothing_yet(quiet: World, alice: Client) -> None:
    assert "Show the whole log" in alice.get(f"{URL}?to=2020-01-01").text
    page = alice.get(f"{URL}?kind=people", hx=True)
    assert "Nothing fits" in page.text and "<html" not in page.text


def test_no_filter_reads_the_table_from_end_to_end(quiet: World, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the app's role, behind the wall, with statistics that know the table and without."""
    from app.audit.queries.filtering import AuditFilter, subjects_of
    from tests.audit.plans import plans

    monkeypatch.setattr(listing, "LOOKED_THROUGH", 1_000)
    lead = make_lead(quiet.alice.actor)
    many(quiet.workspace_id, 30_000, subject_id=uuid4(), actor_id=quiet.bob.user_id)
    entry("note.added", subject_type="lead", subject_id=lead.id)
    day = utcnow().date() - DAY
    for wanted, subject_ids in (
        (AuditFilter(), ()),
        (AuditFilter(who=quiet.bob.user_id), ()),
        (AuditFilter(who=quiet.carol.user_id), ()),
        (AuditFilter(who="customer"), ()),
        (AuditFilter(kind="leads"), ()),
        (AuditFilter(kind="settings"), ()),
        (AuditFilter(since=day - DAY, until=day), ()),
        (AuditFilter(kind="settings", until=day), ()),
        (AuditFilter(lead=lead.number), subjects_of(lead.id)),
    ):
        for plan in plans(wanted, subject_ids):
            assert "Seq Scan on audit_entries" not in plan and "ix_audit_entries" in plan, (wanted, plan)
