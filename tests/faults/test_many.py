"""Hundreds of mails leave while workers die and Redis forgets: `bench/faults` is the same at length."""

import json
import sys

import pytest

from tests.faults.site import WORKER, Site, kill, wait_for

pytestmark = pytest.mark.faults
MAILS, LEADS, KILLS = 240, 30, 2
#: Enough that no domain gets so many that they have to wait.
DOMAINS = [f"town{number}.example.com" for number in range(12)]


def test_hundreds_leave_once_whatever_dies(site: Site) -> None:
    """Two workers take them in batches; some hand-overs are cut after the mail was taken, some refused for now."""
    assert site.mailbox
    smtp = {"slow": 0.15, "cut_after": {"to": "town3.example.com", "times": 5}, "refuse_451": {"times": 5}}
    site.mailbox.switch(smtp=smtp)
    workers = [site.worker, site.start(WORKER)]
    domains = [part for domain in DOMAINS for part in ("--domain", domain)]
    about = ["--slug", site.slug, "--messages", str(MAILS), "--leads", str(LEADS), *domains]
    planned = list(json.loads(site.run([sys.executable, "-m", "bench.due", *about])))
    for turn in range(KILLS):
        left = unsent(site, planned)
        wait_for(lambda left=left: unsent(site, planned) < left, 180, "the next mails to leave")
        kill(workers[turn % 2])
        if turn == 0:
            site.redis_client().flushall()
        workers[turn % 2] = site.start(WORKER)
    site.worker = workers[0]
    site.mailbox.switch(smtp={"all": False})
    # What a kill broke off waits for its lease to run out, what was refused for its turn: bench/faults measures both.
    site.sql("update outbox set lease_until = now() where state = 'leased'")
    site.sql("update outbox set run_at = now() where state = 'ready' and kind = 'message.send' and attempts > 0")
    seconds = wait_for(lambda: unsent(site, planned) == 0, 180, "all mails")
    print(f"\n{KILLS} workers killed and Redis emptied among {MAILS} mails: all sent {seconds:.1f} s later")
    kill(workers[1])
    counts = site.mailbox.state()["mail"]["by_message_id"]
    ours = set(planned)
    arrived = {message: times for message, times in counts.items() if message.strip("<>").split("@")[0] in ours}
    assert len(arrived) == MAILS and set(arrived.values()) == {1}
    lines = "select count(*), count(distinct subject_id) from activities where event = 'message.sent'"
    assert site.sql(f"{lines} and subject_id = any(%s::uuid[])", planned) == [(MAILS, MAILS)]
    assert site.sql("select count(*) from delivery_attempts where outcome = 'begun'") == [(0,)]


def unsent(site: Site, planned: list[str]) -> int:
    """How many of the mails have not been noted as sent."""
    return int(site.sql("select count(*) from messages where id = any(%s::uuid[]) and state <> 'sent'", planned)[0][0])
