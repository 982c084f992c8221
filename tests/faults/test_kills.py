"""Every promised message arrives once, whatever dies in between."""

import json
import os
import signal
import threading
import time
from contextlib import suppress

import pytest

from app.alerts.services import DIGEST, LOOK
from app.core import bell
from app.reconciliation.services.running import NIGHTLY
from tests.faults.site import DEAD_REDIS, WORKER, Site, all_have_one, free_port, kill, wait_for

pytestmark = pytest.mark.faults
#: What waits for its hour of the day, which may be the next.
OF_THE_DAY = (NIGHTLY, LOOK, DIGEST)
#: Held, nobody can note that a message on its way was sent.
NOTING = "select 1 from messages where state = 'sending' for update"
#: What is promised: recovered this many seconds after the last fault.
RECOVERY = 90
#: What three customers wait for together at most, in seconds, while Redis says nothing: one finds out for all.
LONGEST_SILENCE = 9


def once(site: Site, addresses: list[str], since: str) -> None:
    """Wait for all, print how long it took, and check that nothing came twice or is left."""
    seconds = wait_for(lambda: all_have_one(site, addresses), RECOVERY, f"all mails after {since}")
    print(f"\n{since}: all {len(addresses)} mails there {seconds:.1f} s later")
    wait_for(lambda: not unfinished(site), RECOVERY, "the end of all work")
    assert site.mailbox
    counts = site.mailbox.state()["mail"]["by_recipient"]
    assert {address: counts[address] for address in addresses} == dict.fromkeys(addresses, 1)
    assert site.sql("select count(*) from messages where state not in ('sent', 'delivered')") == [(0,)]


def unfinished(site: Site) -> list[tuple[object, ...]]:
    """Work that is due and not done, or was given up."""
    return site.sql(
        "select kind, state, attempts, last_error from outbox where state = 'dead' or (state in ('ready', 'leased')"
        " and run_at < now() + case when kind = any(%s) then interval '0' else interval '1 hour' end)",
        list(OF_THE_DAY),
    )


def begun(site: Site) -> int:
    """How many messages are being handed over at this moment."""
    return int(site.sql("select count(*) from delivery_attempts where outcome = 'begun'")[0][0])


def test_a_worker_killed_before_during_and_after_a_sending(site: Site) -> None:
    """Two workers hold a mail each: one dies while it is handed over, one when it was accepted but not yet noted."""
    assert site.mailbox
    with site.redis_client() as client:
        known = client.scard("rq:workers:work")
        other = site.start(WORKER)
        wait_for(lambda: client.scard("rq:workers:work") > known, 180, "a second worker")
    addresses = [f"kill{number}@example.com" for number in range(5)]
    site.mailbox.switch(smtp={"slow": 8})
    for address in addresses[:2]:
        assert site.send_form(address).status == 303
    wait_for(lambda: begun(site) == 2, 180, "both workers are sending")
    with site.holding(NOTING):
        kill(site.worker)  # during: the mailbox has not answered yet
        wait_for(lambda: sum(site.mails(each) for each in addresses[:2]) >= 1, 120, "the other's mail is accepted")
        kill(other)  # after: accepted, and the note of it waits for the row
    site.mailbox.switch(smtp={"slow": False})
    for address in addresses[2:]:  # before: nobody is there to take them
        assert site.send_form(address).status == 303
    site.worker = site.start(WORKER)
    once(site, addresses, "workers killed before, during and after a sending")
    assert site.mailbox.state()["mail"]["repeats"] >= 1  # the second hand-over bore the same Message-ID


def test_a_web_process_killed_between_commit_and_bell(site: Site) -> None:
    """Redis is stopped in its tracks: the lead is committed, the bell waits, and the web server dies."""
    redis = site.redis.pid
    address = "bell@example.com"
    os.kill(redis, signal.SIGSTOP)
    try:
        sending = threading.Thread(target=_try, args=(site, address))
        sending.start()
        before = "select count(*) from outbox where kind = 'follow_up.due' and state = 'ready' and run_at <= now()"
        wait_for(lambda: site.sql(before) != [(0,)], 120, "the commit")
        kill(site.web)
        sending.join()
    finally:
        os.kill(redis, signal.SIGCONT)
    once(site, [address], "web server killed between commit and bell")


def test_redis_away_for_the_web_process(site: Site) -> None:
    """A customer's enquiry is taken although nobody can be rung; the sweeper finds it."""
    port = free_port()
    lonely = site.start_web(port, REDIS_URL=DEAD_REDIS)
    addresses = [f"alone{number}@example.com" for number in range(3)]
    for address in addresses:
        assert site.send_form(address, port=port).status == 303
    once(site, addresses, "enquiries taken without Redis")
    kill(lonely)


def test_redis_forgets_everything(site: Site) -> None:
    addresses = [f"flush{number}@example.com" for number in range(4)]
    os.killpg(site.worker.pid, signal.SIGSTOP)
    try:
        for address in addresses:
            assert site.send_form(address).status == 303
        site.redis_client().flushall()
    finally:
        os.killpg(site.worker.pid, signal.SIGCONT)
    once(site, addresses, "FLUSHALL")


def test_redis_falls_silent(site: Site) -> None:
    """It takes connections and answers nothing, as when its machine hangs: nobody waits for it for long."""
    addresses = [f"silent{number}@example.com" for number in range(3)]
    os.kill(site.redis.pid, signal.SIGSTOP)
    try:
        begun_at = time.monotonic()
        for address in addresses:
            assert site.send_form(address).status == 303
        assert time.monotonic() - begun_at < LONGEST_SILENCE
    finally:
        os.kill(site.redis.pid, signal.SIGCONT)
    once(site, addresses, "a silent Redis")


def test_a_worker_goes_on_where_rq_gives_up(site: Site) -> None:
    """RQ leaves its loop over any error, and over a Redis that was silent for a moment, as if told to."""
    address = "goneon@example.com"
    with site.redis_client() as client:
        client.set(f"rq:queue:{bell.BACKLOG}", "no list")
        try:
            wait_for(lambda: "worker_begins_anew" in site.said(site.worker), 60, "RQ gives up")
            assert site.send_form(address).status == 303
        finally:
            client.delete(f"rq:queue:{bell.BACKLOG}")
    once(site, [address], "RQ gave up")
    assert site.worker.poll() is None


def test_redis_and_postgresql_restart(site: Site) -> None:
    addresses = [f"restart{number}@example.com" for number in range(6)]
    assert site.mailbox
    site.mailbox.switch(smtp={"slow": 1})
    for address in addresses[:3]:
        assert site.send_form(address).status == 303
    site.redis.stop()
    assert _unready(site) == {"redis"}
    site.postgres.stop()
    assert _unready(site) == {"database", "redis"}
    site.redis.start(site.redis.port)
    site.postgres.start(site.postgres.port)
    wait_for(lambda: not _unready(site), 60, "the web process is ready")
    for address in addresses[3:]:
        assert site.send_form(address).status == 303
    once(site, addresses, "restart of Redis and PostgreSQL")


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_in_hand(site: Site) -> None:
    assert site.mailbox
    site.mailbox.switch(smtp={"slow": 3})
    seen = begun(site)
    assert site.send_form("in.hand@example.com").status == 303
    wait_for(lambda: begun(site) > seen, 60, "a sending has begun")
    site.worker.terminate()
    assert site.worker.wait(60) == 0
    assert site.sql("select count(*) from outbox where state = 'leased'") == [(0,)]
    assert all_have_one(site, ["in.hand@example.com"])


def _unready(site: Site) -> set[str]:
    """Which of the parts that the web process needs it misses; it says so by 503."""
    answer = site.ask("GET", "/readyz")
    checks = json.loads(answer.text)["checks"]
    missed = {part for part in ("database", "redis") if checks[part] != "ok"}
    assert answer.status == (503 if missed else 200), answer.text
    return missed


def _try(site: Site, address: str) -> None:
    with suppress(OSError):  # the server is killed while it answers, which is the point
        site.send_form(address)
