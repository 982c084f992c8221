"""How long planning takes for thousands of leads that move at once: `bench/planning`.

Each of two processes moves its half of the leads, a transaction a move, as people and rules do: the stage left calls
off what it had planned, the one entered begins its sequence. Told are the whole moves, from their locks to their
commits, and what of that the follow-ups take: the reactions that call off and plan. Exit status 1 when these take
longer than a minute for 10,000, or anything is planned twice or missing.
"""

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.place import ROOT, Place, place
from bench.spending import processor_seconds

LEADS = 10_000
MOST_SECONDS = 60
_STAGES = ("quote_sent", "contacted")


def move_share(slug: str, share: int, shares: int) -> tuple[float, float]:
    """Move every lead of this share to a stage that plans, in a process of its own.

    Returns the processor's seconds of it all, and the seconds by the clock of calling off and planning.
    """
    from app import create_app
    from app.core import access_keys
    from app.core.permissions import SYSTEM
    from app.core.tenancy import acting_in
    from app.core.transactions import transaction
    from app.extensions import db
    from app.leads.models import Lead
    from app.leads.services import move_to_stage, stage_by_key
    from app.workspaces.queries import current_workspace

    with create_app().app_context():
        with transaction():
            found = access_keys.find("slug", slug)
        assert found is not None, slug
        planning = _timed_planning()
        begun = time.process_time()
        with acting_in(found.workspace_id):
            with transaction():
                rows = db.session.execute(select(Lead.id, Lead.stage_id).where(Lead.shelf == "desk").order_by(Lead.id))
                stages = dict(map(tuple, rows))
            for lead_id in list(stages)[share::shares]:
                with transaction():
                    current_workspace()
                    first, second = (stage_by_key(key).id for key in _STAGES)
                    move_to_stage(lead_id, second if stages[lead_id] == first else first, SYSTEM)
        return time.process_time() - begun, sum(planning)


def _timed_planning() -> list[float]:
    """Let the reactions that call off and plan say how long each took, in the list that is returned."""
    from app.core import events
    from app.followups import services as followups
    from app.reactions import REACTIONS

    found: list[float] = []

    def timed(reaction: Callable[[Any], None]) -> Callable[[Any], None]:
        def run(event: Any) -> None:
            begun = time.perf_counter()
            reaction(event)
            found.append(time.perf_counter() - begun)

        return run

    ours = (followups.cancel_planned, followups.plan_for_stage)
    moved = "lead.stage_changed"
    events.wire({**REACTIONS, moved: [timed(each) if each in ours else each for each in REACTIONS[moved]]})
    return found


def run(here: Place, slug: str, processes: int) -> bool:
    """Move all leads once and print what it took. Returns whether the bars were met."""
    database = processor_seconds(here.postgres.pid)
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        pool.starmap(_warm, [()] * processes)
        begun = time.perf_counter()
        shares = pool.starmap(move_share, [(slug, share, processes) for share in range(processes)], chunksize=1)
        seconds = time.perf_counter() - begun
    spent, planning = sum(spent for spent, _ in shares), max(planned for _, planned in shares)
    database = processor_seconds(here.postgres.pid) - database
    with here.admin() as connection:
        planned, twice, idle = connection.execute(
            "select (select count(*) from follow_ups where state = 'planned'),"
            " (select count(*) from (select 1 from enrolments where state = 'active' group by lead_id, sequence_id"
            "  having count(*) > 1) found),"
            " (select count(*) from leads l join stages s on s.id = l.stage_id where s.key = any(%s) and not exists"
            "  (select 1 from follow_ups f where f.lead_id = l.id and f.state = 'planned'))",
            (list(_STAGES),),
        ).fetchone() or (0, 0, 0)
    print(
        f"{LEADS:,} moves by {processes} processes: {seconds:.1f} s ({LEADS / seconds:.0f} a second), of it planning"
        f" {planning:.1f} s; {spent / LEADS * 1000:.2f} ms of processor each in Sill,"
        f" {database / LEADS * 1000:.2f} in PostgreSQL;"
        f" {planned:,} follow-ups planned, {twice} begun twice, {idle} leads without",
        flush=True,
    )
    return planning <= MOST_SECONDS and not twice and not idle


def _warm() -> None:
    import app  # noqa: F401 - what is imported once is not measured


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench/planning", description=__doc__)
    parser.add_argument("--processes", type=int, default=2, help="how many move at once (default 2)")
    parser.add_argument("--runs", type=int, default=2, help="how often; the best counts, for others use the machine")
    parser.add_argument("--dir", type=Path, default=ROOT / "var" / "bench", help="where the servers keep their data")
    chosen = parser.parse_args()
    with place(chosen.dir.absolute()) as here:
        here.flask("bench", "seed", "--leads", str(LEADS))
        os.environ.update(here.environ)
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR")
        os.environ["LOG_LEVEL"] = "ERROR"
        kept = [run(here, f"bench-{LEADS}", chosen.processes) for _ in range(chosen.runs)]
    return 0 if any(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main())
