"""Workers killed, Redis emptied, PostgreSQL restarted while messages leave: `bench/faults`.

Mails are due in five workspaces. Three send through a server that drops repeats of a Message-ID, two through one of
their own that does not. Both servers are slow, busy or full for some domains, and cut the line after the mail was taken
or before it was. Two workers and two schedulers run; a worker is killed every few seconds. Exit status 1 when a mail
was lost, came twice behind anyone's back, or when what a kill interrupted took too long.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from app.embedded.ports import free_port
from bench.sink import Sink, Ways
from tests.faults.site import FLASK, SCHEDULER, WORKER, Site, kill, wait_for

WORKSPACES = 5
OWN_SERVER = (4, 5)
#: In turn: most mails have nothing in their way.
DOMAINS = ("example.com",) * 6 + ("slow.example.com", "busy.example.com", "full.example.com", "cut.example.com")
MOST_RECOVERY = 90.0
_ENDED = ("sent", "failed", "uncertain")


class Ground(Site):
    """Servers, workers and schedulers, without web processes; mail goes to servers of its own."""

    def __init__(self, leads: int, ways: Ways) -> None:
        self.leads = leads
        self.honouring, self.forgetful = Sink(ways), Sink(ways)
        self.workers: list[subprocess.Popen[bytes]] = []
        super().__init__()

    def _set_up(self) -> None:
        self.port = free_port()  # nobody listens there: only addresses are made of it
        ports = {"web": self.port, "mailbox": free_port(), "smtp": self.honouring.port}
        self.environ = self._environ(ports) | {"MAILS_PER_DOMAIN_PER_MINUTE": "10000000"}
        self.run([*FLASK, "db", "upgrade"])
        seed = ["bench", "seed", "--leads", str(self.leads), "--workspaces", str(WORKSPACES), "--processes", "1"]
        self.run([*FLASK, *seed])

    def plan(self, messages: int) -> dict[str, str]:
        """Make mails due; by message id, for which domain each is."""
        slugs = {at: f"bench-{self.leads}-{at}" for at in range(1, WORKSPACES + 1)}
        about = [part for slug in slugs.values() for part in ("--slug", slug)]
        about += [part for at in OWN_SERVER for part in ("--own-server", f"{slugs[at]}={self.forgetful.port}")]
        about += [part for domain in DOMAINS for part in ("--domain", domain)]
        return json.loads(self.run([sys.executable, "-m", "bench.due", "--messages", str(messages), *about]))

    def begin(self) -> None:
        """Start two workers and two schedulers."""
        self.workers = [self.start(WORKER) for _ in range(2)]
        for _ in range(2):
            self.start(SCHEDULER)

    def left(self) -> int:
        """How many mails have not come to an end."""
        left = "select count(*) from outbox where kind = 'message.send' and state in ('ready', 'leased')"
        return int(self.sql(left)[0][0])

    def hurry(self) -> int:
        """Let what waits for another attempt, for up to an hour, be tried now; how many have not come to an end."""
        self.sql("update outbox set run_at = now() where kind = 'message.send' and state = 'ready' and run_at > now()")
        return self.left()

    def stop(self) -> None:
        """End all of it, the mail servers too."""
        super().stop()
        self.honouring.stop()
        self.forgetful.stop()


@dataclass
class Broken:
    """What was done to the processes, and which work was in hand whenever a worker was killed."""

    kills: int = 0
    flushes: int = 0
    restarts: int = 0
    in_hand: dict[str, tuple[int, float]] = field(default_factory=dict)


def break_things(ground: Ground, broken: Broken, *, pause: tuple[float, float], flushes: int, restarts: int) -> None:
    """Kill a worker now and then as long as half of the mails are left, and do the rest of the harm in between."""
    whole = ground.left()
    while (left := ground.left()) > whole // 20:
        time.sleep(random.uniform(*pause))
        # A new worker needs some seconds to begin; killed before, it would prove nothing.
        wait_for(lambda left=left: ground.left() < left, 120, "the next mail to leave")
        if broken.flushes < flushes and left < whole * (1 - 0.3 * (broken.flushes + 1)):
            with ground.redis_client() as client:
                client.flushall()
            broken.flushes += 1
        elif broken.restarts < restarts and left < whole * 0.55:
            ground.postgres.stop()
            ground.postgres.start(ground.postgres.port)
            broken.restarts += 1
        else:
            kill_one(ground, broken)


def kill_one(ground: Ground, broken: Broken) -> None:
    """kill -9 of one of the workers, and another in its place."""
    at = random.randrange(len(ground.workers))
    kill(ground.workers[at])
    moment = time.time()
    rows = ground.sql("select id::text, lease_token from outbox where kind = 'message.send' and state = 'leased'")
    for item, token in rows:
        if broken.in_hand.get(item, (0, 0.0))[0] != token:  # not what an earlier kill left lying there
            broken.in_hand[item] = (token, moment)
    ground.workers[at] = ground.start(WORKER)
    broken.kills += 1


def recovered(ground: Ground, broken: Broken, planned: dict[str, str]) -> list[float]:
    """Seconds from a kill to the end of each mail that had to be taken up anew because of it.

    Mails that their server turns away for a while wait for other reasons and are left out.
    """
    rows = ground.sql(
        "select id::text, subject_id::text, lease_token, extract(epoch from finished_at)::float8 from outbox"
        " where kind = 'message.send' and finished_at is not null"
    )
    found = []
    for item, message, token, ended in rows:
        before = broken.in_hand.get(item)
        if before and token > before[0] and planned.get(message, "").split(".")[0] not in ("busy", "cut"):
            found.append(ended - before[1])
    return sorted(found)


def judge(ground: Ground, planned: dict[str, str]) -> dict[str, int]:
    """What became of the mails, as numbers; of `lost`, `twice`, `noted wrongly` and `dead` there must be none."""
    rows = ground.sql("select id::text, state, error from messages where id = any(%s::uuid[])", list(planned))
    told_of = "select subject_id::text, count(*) from activities where event = 'message.sent' group by 1"
    lines = dict(ground.sql(told_of))
    kept, told = _by_message(ground.honouring), _by_message(ground.forgetful)
    again = sum(times - 1 for times in kept.values())
    [(begun,)] = ground.sql("select count(*) from delivery_attempts where outcome = 'begun'")
    [(dead,)] = ground.sql("select count(*) from outbox where kind = 'message.send' and state = 'dead'")
    return {
        **Counter(state for _, state, _ in rows),
        "lost": len(planned)
        - len(rows)
        + sum(not _rightly(state, error, kept[each] + told[each]) for each, state, error in rows),
        "twice": sum(told[each] > 1 and state != "uncertain" for each, state, _ in rows) + _of_two_names(ground),
        "repeats dropped by the server": again,
        "noted wrongly": begun + sum(lines.get(each, 0) != int(state == "sent") for each, state, _ in rows),
        "dead": dead,
    }


def _by_message(sink: Sink) -> Counter[str]:
    """How often each message came, by its id, which is the first part of its Message-ID."""
    found: Counter[str] = Counter()
    for (mail_id, _), times in sink.arrived.items():
        found[mail_id.strip("<>").partition("@")[0]] += times
    return found


def _of_two_names(ground: Ground) -> int:
    """Recipients, each of whom gets one mail, that got two different Message-IDs: no server could drop the second."""
    names = Counter(recipient for sink in (ground.honouring, ground.forgetful) for _, recipient in sink.arrived)
    return sum(number > 1 for number in names.values())


def _rightly(state: str, error: str | None, times: int) -> bool:
    """Whether a mail ended as it may: arrived, turned away for good, or left to a person because nobody knows."""
    if state == "sent":
        return times >= 1
    return state == "uncertain" or (state == "failed" and bool(error))


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="bench/faults", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000, help="how many are due (default 10,000)")
    parser.add_argument("--leads", type=int, default=2_000, help="whom they are for (default 2,000)")
    chosen = parser.parse_args()
    ground = Ground(chosen.leads, Ways())
    try:
        return _run(ground, chosen.messages)
    finally:
        ground.stop()


def _run(ground: Ground, messages: int) -> int:
    planned, broken = ground.plan(messages), Broken()
    begun = time.monotonic()
    ground.begin()
    break_things(ground, broken, pause=(2, 5), flushes=2, restarts=1)
    took = time.monotonic() - begun
    print(
        f"{len(planned):,} mails for {WORKSPACES} workspaces; {broken.kills} workers killed, Redis emptied"
        f" {broken.flushes} times, PostgreSQL restarted {broken.restarts} times within {took:.0f} s", flush=True,
    )  # fmt: skip
    time.sleep(MOST_RECOVERY)  # by then whatever a kill broke off should have been taken up
    wait_for(lambda: ground.hurry() == 0, 900, "the end of all mails")
    print(f"all came to an end {time.monotonic() - begun - took:.0f} s after the last harm", flush=True)
    found, seconds = judge(ground, planned), recovered(ground, broken, planned)
    print(", ".join(f"{number:,} {name}" for name, number in found.items()))
    p95 = seconds[int(len(seconds) * 0.95)] if seconds else 0.0
    print(f"{len(seconds)} mails taken up anew after a kill: p95 {p95:.0f} s, longest {max(seconds, default=0):.0f} s")
    wrong = found["lost"] or found["twice"] or found["noted wrongly"] or found["dead"] or p95 > MOST_RECOVERY
    print("something is wrong" if wrong else "nothing was lost, and nothing came twice unnoticed")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
