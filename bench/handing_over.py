"""Leads handed over while Squeegee fails in every way and workers are killed: `bench/handing_over`.

Two workers hand leads over to a simulated Squeegee behind TLS. Its faults are switched on one after the other, each for
a part of the leads: slow, error 500, 429 with Retry-After, 200 with success false, cut before and after accepting,
garbage, a certificate nobody trusts. Meanwhile a worker is killed every few seconds. In the end the simulator's own
database is asked what there is of each lead, and its log of requests what came while the circuit was open. Then a
person settles what is uncertain. Exit status 1 when a lead is there twice or lost, or a call went while it was open.
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from app.embedded.ports import free_port
from tests.faults.far_end import TlsSqueegee, calls_while_open, judge, requests_while_open
from tests.faults.site import FLASK, SCHEDULER, WORKER, Site, kill, wait_for

SLUG = "wells"
#: In turn; the number of times is enough to open the circuit where the fault speaks of Squeegee itself.
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("slow", {"value": 1.5, "times": 20}), ("status_500", {"times": 6}), ("status_429", {"value": 3, "times": 20}),
    ("success_false", {"times": 10}), ("cut_before", {"times": 5}), ("cut_after", {"times": 5}),
    ("garbage_json", {"times": 5}), ("wrong_certificate", {"times": 5}),
)  # fmt: skip
LEFT = "select count(*) from outbox where kind = 'transfer.run' and state in ('ready', 'leased')"


class Ground(Site):
    """Servers, two workers and a scheduler, without web processes, and the far end."""

    def __init__(self, leads: int) -> None:
        self.leads = leads
        self.far_end = TlsSqueegee(Path(tempfile.mkdtemp(prefix="sill-squeegee-")))
        super().__init__()

    def _set_up(self) -> None:
        self.port = free_port()  # nobody listens there: only addresses are made of it
        ports = {"web": self.port, "mailbox": free_port(), "smtp": free_port()}
        self.environ = self._environ(ports) | self.far_end.environ | {"LOG_LEVEL": "WARNING"}
        self.run([*FLASK, "db", "upgrade"])
        self.run([sys.executable, "-m", "tests.faults.seed"])
        self.numbers = set(self.act("seed", self.leads).values())
        self.sql("update outbox set state = 'cancelled' where kind <> 'transfer.run'")  # mails are measured elsewhere
        self.workers = [self.start(WORKER) for _ in range(2)]
        self.start(SCHEDULER)

    def act(self, what: str, leads: int = 0) -> Any:
        """Do something inside the installation; see tests/faults/handing_over.py."""
        command = [sys.executable, "-m", "tests.faults.handing_over", what, "--slug", SLUG, "--leads", str(leads)]
        far_end = ["--simulator", self.far_end.url, "--url", self.far_end.secure_url, "--token", self.far_end.token]
        return json.loads(self.run([*command, *far_end]))

    def left(self) -> int:
        """How many transfers go on by themselves."""
        return int(self.sql(LEFT)[0][0])

    def kill_one(self) -> None:
        """kill -9 of one of the workers, and another in its place."""
        at = random.randrange(len(self.workers))
        kill(self.workers[at])
        self.workers[at] = self.start(WORKER)

    def stop(self) -> None:
        """End all of it, the far end too."""
        super().stop()
        self.far_end.stop()


def break_things(ground: Ground, pause: tuple[float, float], stop: threading.Event, kills: Counter[str]) -> None:
    """Kill a worker now and then until told to stop; each new one is given time to begin something."""
    while not stop.wait(random.uniform(*pause)):
        before = ground.sql("select count(*) from transfer_calls")
        ground.kill_one()
        kills["workers"] += 1
        until = time.monotonic() + 30
        while ground.sql("select count(*) from transfer_calls") == before and time.monotonic() < until:
            if stop.wait(0.5):
                return


def hand_all_over(ground: Ground) -> None:
    """A part of the leads for each fault, and a last part for none."""
    part = ground.leads // (len(FAULTS) + 1) + 1
    for name, setting in (*FAULTS, ("nothing", None)):
        begun = time.monotonic()
        if setting:
            ground.far_end.switch(**{name: setting})
        started = ground.act("start", part)
        wait_for(lambda: ground.left() <= part // 10, 900, f"most of the transfers that meet {name}")
        ground.far_end.switch(all=False)
        print(f"{name}: {started} transfers, {time.monotonic() - begun:.0f} s", flush=True)
    wait_for(lambda: ground.left() == 0, 900, "the end of all transfers")


def report(ground: Ground, title: str) -> bool:
    """Print what became of the leads; whether it is as it must be."""
    states, wrong = judge(ground, ground.far_end, ground.numbers)
    counts = ground.far_end.state()["counts"]
    print(f"{title}: " + ", ".join(f"{number:,} {state}" for state, number in sorted(states.items())))
    print(f"in Squeegee: {counts['customers']:,} customers, {counts['jobs']:,} jobs of {len(ground.numbers):,} leads")
    for line in wrong[:20]:
        print(line)
    return not wrong


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="bench/handing_over", description=__doc__)
    parser.add_argument("--transfers", type=int, default=1_000, help="how many leads are handed over (default 1,000)")
    ground = Ground(parser.parse_args().transfers)
    try:
        return _run(ground)
    finally:
        ground.stop()


def _run(ground: Ground) -> int:
    stop, kills = threading.Event(), Counter[str]()
    breaking = threading.Thread(target=break_things, args=(ground, (6, 12), stop, kills))
    begun = time.monotonic()
    breaking.start()
    try:
        hand_all_over(ground)
    finally:
        stop.set()
        breaking.join()
        # A process dies with the thread that started it: those of the thread that killed are gone with it.
        ground.workers = [ground.start(WORKER) for _ in range(2)]
    print(f"{ground.leads:,} transfers in {time.monotonic() - begun:.0f} s; {kills['workers']} workers killed")
    is_right = report(ground, "by themselves")
    spans, trials, others = calls_while_open(ground)
    strays = requests_while_open(ground, ground.far_end)
    print(f"the circuit was open {spans} times; {trials} trials, {others} other calls, {strays} stray requests")
    while mended := ground.act("mend"):
        print("a person: " + ", ".join(f"{number} {state}" for state, number in mended.items()), flush=True)
        wait_for(lambda: ground.left() == 0, 600, "the end of what a person started again")
    is_right &= report(ground, "after a person looked")
    is_right &= not others and not strays
    print("nothing was lost, nothing is there twice" if is_right else "something is wrong")
    return int(not is_right)


if __name__ == "__main__":
    sys.exit(main())
