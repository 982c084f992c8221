"""Nobody gets what another is working on."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update

from app.core.clock import utcnow
from app.extensions import db
from app.my_day.models import LeadClaim
from app.my_day.queries.queue import day_queue
from app.my_day.services import take_next
from tests.support.world import add_member, browser


def shown(answer) -> str | None:
    """The name of the lead that a My day shows."""
    found = re.search(r'<h2 id="lead-[^"]+-who"[^>]*><a [^>]*>([^<]+)<', answer.text)
    return found[1] if found else None


def until(answer) -> str:
    found = re.search(r'data-day-until="([^"]+)"', answer.text)
    assert found
    return found[1].replace("&#43;", "+")


def let_run_out() -> None:
    db.session.execute(update(LeadClaim).values(until=utcnow() - timedelta(seconds=1)))
    db.session.commit()


@pytest.fixture
def two(world, waiting):
    """Two leads that are nobody's: the big one comes first."""
    return [
        waiting("Big", owner_id=None, price_minor=9000, frequency="4_weekly"),
        waiting("Small", owner_id=None, price_minor=1000, frequency="one_off"),
    ]


def test_the_second_person_gets_the_next_lead(alice, bob, two):
    first, second = alice.get("/w/wells/my-day"), bob.get("/w/wells/my-day")

    assert (first.status_code, second.status_code) == (200, 200)
    assert (shown(first), shown(second)) == ("Big", "Small")
    assert "Alice Archer is on another one" in second.text
    assert "Big" not in re.sub(r"<title>.*?</title>", "", second.text)


def test_a_reload_shows_the_same_lead(alice, two):
    assert [shown(alice.get("/w/wells/my-day")) for _ in range(3)] == ["Big"] * 3


def test_one_person_holds_one_lead(alice, two):
    alice.get("/w/wells/my-day")
    alice.get(f"/w/wells/my-day/{two[1].id}", hx=True)

    assert db.session.scalars(select(LeadClaim.lead_id)).all() == [two[1].id]


def test_what_another_holds_can_be_read_but_not_taken(alice, bob, two):
    bob.get("/w/wells/my-day")
    answer = alice.get(f"/w/wells/my-day/{two[0].id}")

    assert "Bob Baker is on it now." in answer.text
    assert 'name="outcome"' not in answer.text
    assert db.session.scalars(select(LeadClaim.user_id)).all() == [bob.user_id]


def test_a_claim_that_ran_out_goes_to_whoever_comes(alice, bob, two):
    alice.get("/w/wells/my-day")
    let_run_out()

    assert shown(bob.get("/w/wells/my-day")) == "Big"
    held = alice.post(f"/w/wells/my-day/{two[0].id}/hold")
    assert (held.status_code, held.text) == (409, "Bob Baker is on it now.")


def test_an_open_page_keeps_its_lead(alice, bob, two):
    first = until(alice.get("/w/wells/my-day"))
    let_run_out()
    held = alice.post(f"/w/wells/my-day/{two[0].id}/hold")

    assert held.status_code == 200
    assert held.text > first
    assert shown(bob.get("/w/wells/my-day")) == "Small"


def test_leaving_lets_go(alice, bob, two):
    mine = until(alice.get("/w/wells/my-day"))
    answer = alice.post(f"/w/wells/my-day/{two[0].id}/release", data={"until": mine})

    assert answer.status_code == 204
    assert shown(bob.get("/w/wells/my-day")) == "Big"


def test_a_page_that_is_left_does_not_let_go_of_what_the_next_page_took(alice, bob, two):
    old = until(alice.get("/w/wells/my-day"))
    alice.get("/w/wells/my-day")
    alice.post(f"/w/wells/my-day/{two[0].id}/release", data={"until": old})

    assert shown(bob.get("/w/wells/my-day")) == "Small"


@pytest.mark.parametrize("is_quicker", ["the change", "the leaving"])
def test_a_page_that_hears_of_a_change_as_it_is_left_lets_go(alice, bob, two, is_quicker):
    here = f"/w/wells/my-day/{two[0].id}"
    mine = until(alice.get(here))
    steps = [
        lambda: alice.get(here, query_string={"until": mine}, hx=True),
        lambda: alice.post(f"{here}/release", data={"until": mine}),
    ]
    for step in steps if is_quicker == "the change" else reversed(steps):
        step()

    assert shown(bob.get("/w/wells/my-day")) == "Big"


def test_a_page_that_hears_of_a_change_keeps_its_lead(alice, bob, two):
    here = f"/w/wells/my-day/{two[0].id}"
    mine = until(alice.get(here))
    assert until(alice.get(here, query_string={"until": mine}, hx=True)) == mine
    assert shown(bob.get("/w/wells/my-day")) == "Small"
    let_run_out()
    late = (utcnow() - timedelta(seconds=1)).isoformat()
    assert until(alice.get(here, query_string={"until": late}, hx=True)) > mine


def test_nobody_lets_go_of_another_s(alice, bob, two):
    theirs = until(alice.get("/w/wells/my-day"))
    bob.post(f"/w/wells/my-day/{two[0].id}/release", data={"until": theirs})

    assert shown(bob.get("/w/wells/my-day")) == "Small"


@pytest.mark.commits
def test_many_at_once_never_get_the_same_lead(app, world, waiting):
    """Eight people, twelve leads, three rounds of "next" at the same moment on connections of their own."""
    people, leads, rounds = 8, 12, 3
    for number in range(leads):
        waiting(f"Lead {number}", owner_id=None, price_minor=1000 + number, frequency="8_weekly")
    members = [add_member(world, f"person{number}", "sales") for number in range(people)]
    browsers = [browser(app, member) for member in members]
    for _ in range(rounds):
        db.session.execute(LeadClaim.__table__.delete())
        db.session.commit()
        line = Barrier(people)

        def ask(who, line=line):
            line.wait(60)
            with app.app_context():
                return who.get("/w/wells/my-day")

        with ThreadPoolExecutor(people) as pool:
            answers = list(pool.map(ask, browsers))

        assert [answer.status_code for answer in answers] == [200] * people
        got = Counter(map(shown, answers))
        assert len(got) == people, got
        assert None not in got
        db.session.expire_all()
        claims = db.session.execute(select(LeadClaim.user_id, LeadClaim.lead_id)).all()
        assert len({claim.lead_id for claim in claims}) == people == len({claim.user_id for claim in claims})


def test_nothing_is_taken_that_was_settled_meanwhile(alice, bob, world, two):
    """Bob's queue was read before Alice settled the lead and let go of it: he gets the next one."""
    with world.bob.acting() as actor:
        stale = day_queue()
    act = stale.due[0].act_id
    alice.get("/w/wells/my-day")
    alice.post(f"/w/wells/my-day/{two[0].id}/outcome", data={"act": act, "outcome": "spoke"})
    with world.bob.acting() as actor:
        taken = take_next(actor, queue=stale)
    assert taken.card is not None
    assert taken.card.contact.name == "Small"
