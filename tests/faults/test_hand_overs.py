"""Leads are handed over once, whatever Squeegee answers and wherever the worker dies; the token leaves no trace."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.faults.far_end import TlsSqueegee, calls_while_open, judge
from tests.faults.site import WORKER, Site, kill, wait_for
from tests.faults.traces import database_dump, found_in, logs, redis_contents

pytestmark = pytest.mark.faults
LEADS = 24
UNFINISHED = "select count(*) from outbox where kind = 'transfer.run' and state in ('ready', 'leased')"
#: Each meets some of the hand-overs; together they open the circuit.
SWITCHES: dict[str, Any] = {
    "slow": {"value": 0.2, "times": 5}, "status_429": {"value": 1, "times": 2}, "success_false": {"times": 1},
    "cut_before": {"times": 1, "step": "job"}, "cut_after": {"times": 1}, "garbage_json": {"times": 1, "step": "job"},
    "wrong_certificate": {"times": 3}, "status_500": {"times": 6},
}  # fmt: skip


@pytest.fixture
def far_end(site: Site) -> Iterator[TlsSqueegee]:
    """A Squeegee that the site's workers trust and are connected to."""
    folder = site.folder / "squeegee"
    folder.mkdir(exist_ok=True)
    running = TlsSqueegee(folder)
    kill(site.worker)
    site.worker = site.start(WORKER, **running.environ)
    yield running
    kill(site.worker)
    running.stop()


def act(site: Site, far_end: TlsSqueegee, what: str, leads: int = 0) -> Any:
    """Do something inside the installation; see tests/faults/handing_over.py."""
    return json.loads(
        site.run(
            [
                sys.executable, "-m", "tests.faults.handing_over", what, "--slug", site.slug, "--leads", str(leads),
                "--simulator", far_end.url, "--url", far_end.secure_url, "--token", far_end.token,
            ]
        )
    )  # fmt: skip


def all_ended(site: Site) -> bool:
    """Whether no work is left; the time that it waits for passes at once, and somebody presses "Try now"."""
    site.sql("update outbox set run_at = now() where kind = 'transfer.run' and state = 'ready' and run_at > now()")
    site.sql("update outbox set lease_until = now() where kind = 'transfer.run' and state = 'leased' and attempts > 6")
    if site.sql("select 1 from squeegee_circuits where opened_at is not null and trial_at > now() + interval '5 s'"):
        site.ask("POST", f"/w/{site.slug}/squeegee/try-now", {}, who="alice")
    with site.redis_client() as client:
        for key in client.scan_iter("rung:*", count=1000):
            client.delete(key)
    return site.sql(UNFINISHED) == [(0,)]


@contextmanager
def nobody_can_note(site: Site) -> Iterator[None]:
    """Hold the rows of the transfers on their way: whatever Squeegee takes meanwhile can't be written down."""
    with site.postgres.admin() as connection, connection.transaction():
        connection.execute("select 1 from transfers where state = 'running' for update")
        yield


def kill_while_sending(site: Site, far_end: TlsSqueegee) -> None:
    """The worker dies in the middle of a call, another one between Squeegee's yes and its note of it."""
    begun = "select count(*) from transfer_calls where outcome = 'begun'"
    far_end.switch(slow={"value": 5})  # each of them: however late this looks, one is being made
    act(site, far_end, "start", 3)
    wait_for(lambda: site.sql(begun) == [(1,)], 60, "a call is being made")
    kill(site.worker)
    far_end.switch(slow={"value": 2})
    site.worker = site.start(WORKER, **far_end.environ)
    wait_for(lambda: site.sql(begun) == [(2,)], 60, "another call is being made")
    with nobody_can_note(site):
        accepted = far_end.state()["counts"]["accepted"]
        wait_for(lambda: far_end.state()["counts"]["accepted"] > accepted, 30, "Squeegee takes it")
        kill(site.worker)
    far_end.switch(all=False)
    site.worker = site.start(WORKER, **far_end.environ)
    site.sql("update outbox set lease_until = now() where state = 'leased'")  # the wait is measured elsewhere


def test_one_customer_and_one_job_or_a_person_is_asked(site: Site, far_end: TlsSqueegee) -> None:
    numbers = set(act(site, far_end, "seed", LEADS).values())
    kill_while_sending(site, far_end)
    far_end.switch(**SWITCHES)
    act(site, far_end, "start", LEADS)
    seconds = wait_for(lambda: all_ended(site), 120, "the end of all hand-overs")
    states, wrong = judge(site, far_end, numbers)
    spans, trials, others = calls_while_open(site)
    print(f"\n{seconds:.0f} s: {dict(states)}; the circuit was open {spans} times, {trials} trials, {others} others")
    assert wrong == []
    assert spans >= 1
    assert others == 0
    assert states["uncertain"] >= 2  # those whose worker died, at the least
    assert site.sql("select count(*) from transfer_calls where outcome = 'not_sent'") > [(0,)]  # that certificate
    far_end.switch(all=False)
    while act(site, far_end, "mend"):
        wait_for(lambda: all_ended(site), 60, "the end of what a person started again")
    states, wrong = judge(site, far_end, numbers)
    assert (dict(states), wrong) == ({"success": LEADS}, [])
    places = {"pg_dump": database_dump(site), "Redis": redis_contents(site), "logs": logs(site)}
    traces = {name: found_in(content, [far_end.token, "Zephyrine Cole"]) for name, content in places.items()}
    assert traces == dict.fromkeys(places, [])
