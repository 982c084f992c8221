"""Many at once: every enquiry becomes one lead with a number of its own, and one of fifty moves wins."""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.faults.site import Answer, Site

pytestmark = pytest.mark.faults
SENDINGS, MOVES = 200, 50


def test_two_hundred_enquiries_at_once_become_two_hundred_leads(site: Site) -> None:
    """No enquiry is turned away, lost or doubled, no number is given twice and none is left out."""
    start = Barrier(SENDINGS)
    before = site.sql("select count(*) from leads")[0][0]
    pages = [site.pages.pop() for _ in range(SENDINGS)]

    def send(number: int) -> Answer:
        start.wait()
        return site.send_form(f"race{number}@example.com", name=f"Customer {number}", token=pages[number])

    begun = time.monotonic()
    with ThreadPoolExecutor(SENDINGS) as crowd:
        answers = list(crowd.map(send, range(SENDINGS)))
    print(f"\n{SENDINGS} enquiries at once: all answered in {time.monotonic() - begun:.1f} s")
    assert Counter(answer.status for answer in answers) == {303: SENDINGS}
    assert [line for line in site.failures() if "request_failed" in line] == []
    rows = site.sql(
        "select l.number from leads l join workspaces w on w.id = l.workspace_id where w.slug = %s", site.slug
    )
    assert len(rows) == before + SENDINGS
    numbers = sorted(int(re.findall(r"\d+", number)[-1]) for (number,) in rows)
    assert numbers == list(range(1, len(rows) + 1))
    counted = site.sql("select sum(c.leads) from stage_counters c join workspaces w on w.id = c.workspace_id where"
                       " w.slug = %s", site.slug)  # fmt: skip
    assert counted == [(len(rows),)]


def test_the_same_page_sent_many_times_at_once_is_one_lead(site: Site) -> None:
    token = site.pages.pop()
    start = Barrier(20)

    def send(_: int) -> Answer:
        start.wait()
        return site.send_form("twice@example.com", name="Twice", token=token)

    before = site.sql("select count(*) from leads")
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(send, range(20)))
    assert {answer.status for answer in answers} == {303}
    assert site.sql("select count(*) from leads") == [(before[0][0] + 1,)]


def test_of_fifty_moves_of_one_card_one_wins(site: Site) -> None:
    """The others are told that it has moved; the history has one move, and the counts agree with it."""
    here = site.sql(
        "select s.key, s.id from stages s join leads l on l.workspace_id = s.workspace_id where l.id = %s", site.lead_id
    )
    stages = {key: str(stage_id) for key, stage_id in here}
    others = [key for key in stages if key not in ("new", "transferred")]
    start = Barrier(MOVES)

    def move(number: int) -> Answer:
        data = {"from": stages["new"], "to": stages[others[number % len(others)]]}
        start.wait()
        path = f"/w/{site.slug}/leads/{site.lead_id}/stage"
        return site.ask("POST", path, data, who="alice", Accept="text/plain")

    with ThreadPoolExecutor(MOVES) as crowd:
        statuses = sorted(answer.status for answer in crowd.map(move, range(MOVES)))
    assert statuses == [204, *[409] * (MOVES - 1)]
    moves = site.sql(
        "select from_stage_id, to_stage_id from stage_changes where lead_id = %s order by at", site.lead_id
    )
    assert len(moves) == 2  # it came in, and it was moved
    assert moves[1][0] == moves[0][1]
    assert site.sql("select stage_id from leads where id = %s", site.lead_id) == [(moves[1][1],)]
    wrong = site.sql(
        "select s.key from stages s left join stage_counters c on c.workspace_id = s.workspace_id and c.stage_id = s.id"
        " where coalesce(c.leads, 0) <> (select count(*) from leads l where l.stage_id = s.id)"
    )
    assert wrong == []
