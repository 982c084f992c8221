"""A flood of one workspace's form while another works; replays; 200 customers at once: `bench/flood`.

The robot is a good one: a fresh page for each sending, opened a minute ago, nothing in the hidden field, words of its
own; it only does no work, and comes from one address. Peace and flood take turns, so that a machine that is slow at
the moment is slow for both. Exit status 1 when something came out otherwise than promised.
"""

import argparse
import http.client
import os
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask

from app import create_app
from app.bench.services import form_key
from app.core import access_keys
from app.core.clock import utcnow
from app.core.transactions import transaction
from app.lead_forms.services import tokens
from bench.place import HOST, ROOT, Place, Web, place
from bench.proofs import proof_of
from bench.scenes import inside
from bench.spending import processor_seconds
from bench.visitor import Visitor

LEADS = 2_000
WORKING, FLOODED = f"bench-{LEADS}", f"bench-{LEADS}-other-1"
PER_MINUTE = 1_000
_TURNS, _TURN_SECONDS = 30, 2.0  # short ones: whatever else the machine does falls on both alike
_APART = 0.1  # seconds between two pages that the other workspace asks for
#: Another network in each run: what an hour ago was counted must not help.
_ROBOT = f"203.0.{int(time.time()) // 60 % 250}.9"
_MOST_LEADS, _MOST_SLOWER, _AT_ONCE = 20, 1.2, 200
_PATHS = ("leads/board", "leads", "my-day", "leads?q=smith")
_numbers = count(1)


@dataclass
class Mill:
    """What is sent to the forms of the flooded workspace."""

    app: Flask
    web: Web
    form_ids: list[UUID]
    statuses: Counter[int] = field(default_factory=Counter)

    def page(self, form: int = 0) -> str:
        """The token of a page that was opened a minute ago."""
        with self.app.app_context():
            return tokens.issue(self.form_ids[form], utcnow() - timedelta(minutes=1))

    def proof(self, page: str, form: int = 0) -> str:
        """The proof of work for it."""
        with self.app.app_context():
            return proof_of(self.form_ids[form], page)

    def send(self, address: str, page: str, proof: str = "", form: int = 0) -> int:
        """Send the form as somebody nobody has heard of; the status of the answer."""
        number = next(_numbers)
        body = urlencode({
            "token": page, "proof": proof, "name": f"Ada Number{number}", "phone": f"0113 496 0{number % 1000:03d}",
            "email": f"f{number}-{int(time.time())}@example.com", "postcode": f"BA5 {1 + number % 5}AB",
            "address_line1": f"{number} Flood Street", "town": "Wells", "property_type": "semi", "bedrooms": "3",
            "service": "window_cleaning", "frequency": "8_weekly", "preferred_method": "any",
            "wishes": f"We would like them done {'again ' * (number % 40)}before long",
        })  # fmt: skip
        headers = {
            "Host": HOST, "X-Forwarded-For": address, "Content-Type": "application/x-www-form-urlencoded",
        }  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=180)
        connection.request("POST", f"/q/{form_key(FLOODED, form)}", body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status


def flood(mill: Mill, pages: list[str]) -> None:
    """Send each page at the promised pace, by a thread of its own when its time has come."""
    begun, each = time.perf_counter(), 60 / PER_MINUTE

    def one(at: int) -> None:
        time.sleep(max(0.0, begun + at * each - time.perf_counter()))
        mill.statuses[mill.send(_ROBOT, pages[at])] += 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, range(len(pages))))


def work(visitor: Visitor, seconds: float) -> list[float]:
    """Ask for pages of the other workspace, one after the other; the ms that each took."""
    times, until = [], time.perf_counter() + seconds
    for number in count():
        begun = time.perf_counter()
        if begun > until:
            return times
        visitor.get(f"/w/{WORKING}/{_PATHS[number % len(_PATHS)]}")
        times.append((time.perf_counter() - begun) * 1000)
        time.sleep(max(0.0, _APART - (time.perf_counter() - begun)))
    raise AssertionError


def p95(times: list[float]) -> float:
    """What 95 of 100 stay below."""
    return sorted(times)[int(len(times) * 0.95)]


def stored(here: Place, workspace_id: UUID) -> dict[str, int]:
    """Leads, held sendings and used proofs of the flooded workspace."""
    wanted = {
        "leads": "select count(*) from leads where workspace_id = %s",
        "held": "select count(*) from form_submissions where state = 'quarantined' and workspace_id = %s",
        "proofs": "select count(*) from used_challenges where workspace_id = %s",
    }
    with here.admin() as connection:
        return {name: connection.execute(query, [workspace_id]).fetchone()[0] for name, query in wanted.items()}


def measure(here: Place, mill: Mill, workspace_id: UUID) -> dict[str, tuple[str, bool]]:
    """Each promise with what came of it, and whether it was kept."""
    visitor = Visitor(mill.web.port, WORKING)
    work(visitor, 3)
    before, peace, war = stored(here, workspace_id), list[float](), list[float]()
    for turn in range(_TURNS * 2):
        if turn % 2 == 0:
            peace += work(visitor, _TURN_SECONDS)
        else:
            pages = [mill.page() for _ in range(int(_TURN_SECONDS * PER_MINUTE / 60))]
            robot = threading.Thread(target=flood, args=(mill, pages))
            robot.start()
            war += work(visitor, _TURN_SECONDS)
            robot.join()
    flooded, cost = stored(here, workspace_id), cost_of_refusing(here, mill)
    leads, held = flooded["leads"] - before["leads"], flooded["held"] - before["held"]
    told = ", ".join(f"{number} x {status}" for status, number in sorted(mill.statuses.items()))
    found = {
        f"{sum(mill.statuses.values()):,} posts in {_TURNS * _TURN_SECONDS:.0f} s from one address": (
            f"{leads} leads, {held} held back; answers: {told}", leads <= _MOST_LEADS,
        ),
        "the other workspace's pages meanwhile, p95": (
            f"{p95(peace):.0f} ms in peace, {p95(war):.0f} ms in the flood (medians"
            f" {sorted(peace)[len(peace) // 2]:.0f} and {sorted(war)[len(war) // 2]:.0f})",
            p95(war) <= p95(peace) * _MOST_SLOWER,
        ),
        "what the flood takes once it is known for one": (
            f"{cost:.1f} ms of processor a post, {cost * PER_MINUTE / 600:.1f} % of one", cost * PER_MINUTE / 600 <= 10
        ),
    }  # fmt: skip
    return found | replays(here, mill, workspace_id) | crowd(here, mill, workspace_id)


def cost_of_refusing(here: Place, mill: Mill) -> float:
    """ms of processor that a post of a known robot takes, web and PostgreSQL together."""
    pages = [mill.page() for _ in range(200)]
    before = processor_seconds(mill.web.pid) + processor_seconds(here.postgres.pid)
    for page in pages:
        mill.send(_ROBOT, page)
    spent = processor_seconds(mill.web.pid) + processor_seconds(here.postgres.pid) - before
    return spent * 1000 / len(pages)


def replays(here: Place, mill: Mill, workspace_id: UUID) -> dict[str, tuple[str, bool]]:
    """One genuine sending, then its token, its proof and both again from everywhere."""
    page = mill.page(1)
    proof = mill.proof(page, 1)
    mill.send("198.51.100.1", page, proof, 1)
    before = stored(here, workspace_id)
    for number in range(60):
        mill.send(f"198.18.{number}.1", page, ("", proof)[number % 2], 1)
    again = stored(here, workspace_id)
    for number in range(60):
        mill.send(f"198.19.{number}.1", mill.page(1), proof, 1)
    proofs = stored(here, workspace_id)["proofs"] - before["proofs"]
    made = again["leads"] - before["leads"] + again["held"] - before["held"]
    return {"60 replayed tokens, 60 replayed proofs": (f"{made} and {proofs} accepted", (made, proofs) == (0, 0))}


def patiently(mill: Mill, address: str, page: str, proof: str, form: int) -> int:
    """Send as the form's script does: again in a few seconds where the server says that it is busy."""
    for wait in (2, 4, 8, 15, 0):
        status = mill.send(address, page, proof, form)
        if status != http.client.SERVICE_UNAVAILABLE:
            break
        time.sleep(wait)
    return status


def crowd(here: Place, mill: Mill, workspace_id: UUID) -> dict[str, tuple[str, bool]]:
    """Genuine customers at the same moment, each from another network."""
    before = stored(here, workspace_id)["leads"]
    pages = [mill.page(2) for _ in range(_AT_ONCE)]
    ready = [(f"100.64.{number}.7", page, mill.proof(page, 2), 2) for number, page in enumerate(pages)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        statuses = Counter(pool.map(lambda each: patiently(mill, *each), ready))
    took, made = time.perf_counter() - begun, stored(here, workspace_id)["leads"] - before
    told = ", ".join(f"{number} x {status}" for status, number in sorted(statuses.items()))
    return {f"{_AT_ONCE} customers at once": (f"{made} leads in {took:.1f} s; answers: {told}", made == _AT_ONCE)}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench/flood", description=__doc__)
    parser.add_argument("--dir", type=Path, default=ROOT / "var" / "bench", help="where the servers keep their data")
    chosen = parser.parse_args()
    with place(chosen.dir.absolute()) as here:
        here.flask("bench", "seed", "--leads", str(LEADS), "--others", "1", "--processes", "1")
        os.environ.update(here.environ)
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR")
        os.environ["LOG_LEVEL"] = "ERROR"  # of this process, which only sends and counts
        app = create_app()
        with inside(app, FLOODED) as workspace_id, app.app_context(), transaction():
            found = [access_keys.find("form", form_key(FLOODED, number)) for number in range(3)]
        with here.sill() as web:
            told = measure(here, Mill(app, web, [each.target_id for each in found if each]), workspace_id)
    for promise, (words, is_kept) in told.items():
        print(f"{'kept  ' if is_kept else 'BROKEN'} {promise}: {words}")
    return 0 if all(is_kept for _, is_kept in told.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
