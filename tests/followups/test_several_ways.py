"""A lead on more than one sequence: what is done with one of them leaves the others alone."""

from typing import Any

import pytest

from app.core.permissions import SYSTEM
from app.extensions import db
from app.followups.queries import to_come
from app.followups.queries.steps import Condition, Step
from app.followups.services import stop
from tests.followups.test_ways import begin, call, email, let_pass, sent, states


def test_who_ends_one_stops_only_what_that_one_wrote(clock: Any, lead: Any, sequence: Any) -> None:
    ended = begin(lead, sequence(email("ask"), call("ring", 2)))
    goes_on = begin(lead, sequence(email("tell", any_hour=True, counts=False), call("go", 1), key="two", name="Two"))
    let_pass(clock, 0.1)
    assert sorted(sent(lead)) == ["ask", "tell"]  # neither has left yet
    stop(ended.id, SYSTEM)
    db.session.commit()
    assert sent(lead) == ["tell"]
    assert states(ended) == {"ask": "done", "ring": "cancelled by_person"}
    assert (goes_on.state, states(goes_on)) == ("active", {"tell": "done", "go": "planned"})


def test_the_newest_stands_first(clock: Any, lead: Any, sequence: Any) -> None:
    begun = []
    for number in range(6):
        clock.shift(60)
        begun.append(begin(lead, sequence(call("ring", 9), key=f"key{number}", name=f"Name {number}")).id)
    assert [way.id for way in to_come(lead.id, with_messages=True).ways] == begun[::-1]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (Condition("stage", value="new"), "yes"), (Condition("stage", value="contacted"), "no"),
        (Condition("field", "has_email", "is", "yes"), "yes"), (Condition("field", "has_email", "is", "no"), "no"),
        (Condition("field", "attempts", "at_least", "1"), "no"), (Condition("field", "attempts", "below", "1"), "yes"),
    ],
)  # fmt: skip
def test_a_branch_asks_for_the_stage_or_for_a_fact(
    clock: Any, lead: Any, sequence: Any, asked: Condition, answer: str
) -> None:
    way = begin(lead, sequence(Step("q", "branch", condition=asked, yes=(call("yes"),), no=(call("no"),))))
    let_pass(clock, 0.1)
    assert states(way) == {"q": f"done {answer}", answer: "planned"}
