"""How long a file of 20,000 leads takes from its upload to the last lead, and to be taken back: `bench/importing`.

The file is a Notion table of made-up households, some rows of it twice, some unreadable, some of leads that are there
already. It is begun as the page does; then real workers check it, bring it in and, at the end, take it back. With
`--kills` a worker is killed so often meanwhile. Exit status 1 when it takes longer than three minutes, or a row is lost
or brought in twice.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask

from app import create_app
from app.bench.services.people import household
from app.core.spreadsheets.writing import write_csv, write_xlsx
from app.embedded.processes import start, stop
from bench.place import ROOT, Place, place
from bench.spending import processor_seconds

ROWS, LEADS, MOST_SECONDS = 20_000, 10_000, 180
HEADER = (
    "Name", "Status", "Squeegee Status", "Reference Number", "Email", "Mobile", "Address", "Services", "Agreed Prices",
    "Frequency", "Created time", "Notes",
)  # fmt: skip
_STATUSES = ("New", "Contacted", "Quote sent", "Chased", "Won", "Lost", "No reply")
_OFTEN = ("every 4 weeks on Friday", "8 weekly", "Monthly", "one off", "", "every 12 weeks")


def table(rows: int) -> list[list[str]]:
    """The rows of the file: a fiftieth twice, a fiftieth that can't be brought in."""
    random = Random(20_000)
    made = []
    for number in range(rows):
        home = household(random, 1_000_000 + number)
        if number % 50 == 7:
            made.append(list(made[number // 2]))
            continue
        name = "" if number % 50 == 9 else home.name
        address = f"{home.line1}, {home.town}, Somerset {home.postcode}"
        day = f"{number % 28 + 1:02d}/{number % 12 + 1:02d}/2{random.randint(3, 5)}"
        price = f"£{random.randint(12, 60)}"
        price = random.choice((price, f"{price}.50 every 8 weeks", "£20 or £30", ""))
        work = random.choice(("Windows", "Windows, conservatory roof", "Gutter clearing", "Front and back"))
        made.append([
            name, random.choice(_STATUSES), random.choice(("Not Processed", "Processed")), str(number + 1),
            home.email or "", home.phone_as_given or "", address, work, price, random.choice(_OFTEN), day,
            "Asked about direct debit." if number % 3 == 0 else "",
        ])  # fmt: skip
    return made


class Run:
    """One import under measurement."""

    def __init__(self, here: Place, app: Flask, workers: int, kills: int) -> None:
        self.here, self.app, self.kills = here, app, kills
        command = [sys.executable, "worker.py"]
        self._command = command
        environ = here.environ | {"LOG_LEVEL": "WARNING"}
        self._environ = environ
        self.workers = [self._worker(number) for number in range(workers)]
        self._scheduler = start([*command, "scheduler"], here.var_dir / "scheduler.log", cwd=ROOT, environ=environ)

    def _worker(self, number: int) -> subprocess.Popen[bytes]:
        return start(self._command, self.here.var_dir / f"worker{number}.log", cwd=ROOT, environ=self._environ)

    def stop(self) -> None:
        """End the processes."""
        for process in (*self.workers, self._scheduler):
            stop(process, ask=15)

    def wait(self, import_id: Any, state: str, kills: int = 0) -> float:
        """Seconds until the import stands there; a worker is killed `kills` times while it goes on."""
        begun = time.perf_counter()
        kill_at = begun + 2
        while time.perf_counter() - begun < 900:
            row = self.look("select state, done, error from imports where id = %s", (import_id,))[0]
            if row[0] == state:
                return time.perf_counter() - begun
            if kills and time.perf_counter() > kill_at and row[1]:
                number = kills % len(self.workers)
                self.workers[number].send_signal(signal.SIGKILL)
                self.workers[number].wait()
                self.workers[number] = self._worker(number)
                kills, kill_at = kills - 1, time.perf_counter() + 3
            time.sleep(0.1)
        raise TimeoutError(f"the import stands at {row}")

    def look(self, statement: str, given: tuple[Any, ...] = ()) -> list[Any]:
        """What the database holds."""
        with self.here.admin() as connection:
            return connection.execute(statement, given).fetchall()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench/importing", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help=f"rows of the file (default {ROWS:,})")
    parser.add_argument("--workers", type=int, default=2, help="how many workers (default 2)")
    parser.add_argument("--kills", type=int, default=0, help="how often a worker is killed on the way in (default 0)")
    parser.add_argument("--xlsx", action="store_true", help="an Excel workbook instead of CSV")
    parser.add_argument("--stay", action="store_true", help="do not take it back at the end")
    parser.add_argument("--dir", type=Path, default=ROOT / "var" / "bench-importing", help="where the data is")
    chosen = parser.parse_args()
    content = (write_xlsx if chosen.xlsx else write_csv)(HEADER, table(chosen.rows))
    with place(chosen.dir.absolute()) as here:
        here.flask("bench", "seed", "--leads", str(LEADS), "--workspaces", "1")
        os.environ.update(here.environ)
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR")
        os.environ["LOG_LEVEL"] = "ERROR"
        run = Run(here, create_app(), chosen.workers, chosen.kills)
        try:
            return _measure(run, content, chosen)
        finally:
            run.stop()


def _measure(run: Run, content: bytes, chosen: argparse.Namespace) -> int:
    before = run.look("select count(*) from leads")[0][0]
    begun, spent = time.perf_counter(), processor_seconds(run.here.postgres.pid)
    import_id = _ask(run.app, "begin", content, chosen.xlsx)
    upload = time.perf_counter() - begun
    _ask(run.app, "check", import_id)
    checking = run.wait(import_id, "checked")
    _ask(run.app, "run", import_id)
    bringing = run.wait(import_id, "done", chosen.kills)
    whole = time.perf_counter() - begun
    database = processor_seconds(run.here.postgres.pid) - spent
    figures, total = run.look("select figures, total from imports where id = %s", (import_id,))[0]
    print(f"{total:,} rows: upload {upload:.1f} s, dry run {checking:.1f} s, bringing in {bringing:.1f} s; {figures}")
    print(f"whole: {whole:.1f} s (at most {MOST_SECONDS}); PostgreSQL {database:.1f} s of processor")
    faults = _faults(run, import_id, before, figures, total)
    if not chosen.stay:
        _ask(run.app, "undo", import_id)
        print(f"taken back in {run.wait(import_id, 'undone'):.1f} s")
        after = run.look("select count(*) from leads")[0][0]
        faults += [] if after == before else [f"{after - before} leads are left over"]
    for fault in faults:
        print("FAULT", fault)
    return 1 if faults or whole > MOST_SECONDS else 0


def _faults(run: Run, import_id: Any, before: int, figures: dict[str, int], total: int) -> list[str]:
    """What is not as it should be: rows without an outcome, rows twice, wrong counters."""
    outcomes = dict(run.look("select outcome, count(*) from import_rows where import_id = %s group by 1", (import_id,)))
    told = {word: figures.get(word, 0) for word in ("created", "joined", "skipped", "failed")}
    created = run.look("select count(*) from leads where source_details ->> 'import_id' = %s", (str(import_id),))[0][0]
    pairs = (
        ("rows without an outcome", outcomes.get(None, 0), 0), ("rows told", sum(told.values()), total),
        ("created told", outcomes.get("created", 0), told["created"]), ("leads made", created, told["created"]),
        ("leads now", run.look("select count(*) from leads")[0][0], before + created),
        ("numbers", run.look("select count(distinct number) from leads")[0][0], before + created),
        ("references twice", run.look(
            "select count(*) from (select source_details ->> 'reference' from leads where source_details ? 'import_id'"
            " group by 1 having count(*) > 1) as twice")[0][0], 0),
        ("counters", run.look("select sum(leads) from stage_counters")[0][0], before + created),
    )  # fmt: skip
    return [f"{what}: {found}, not {wanted}" for what, found, wanted in pairs if found != wanted]


def _ask(app: Flask, what: str, *given: Any) -> Any:
    """Do in the workspace what the page does; of beginning the import's id."""
    from app.bench.services.seeding import email_of
    from app.core import access_keys
    from app.core.permissions import Actor
    from app.core.tenancy import acting_in
    from app.core.transactions import transaction
    from app.extensions import db
    from app.imports import services

    slug = f"bench-{LEADS}"
    with app.app_context():
        with transaction():
            found = access_keys.find("slug", slug)
        with acting_in(found.workspace_id), transaction():
            who = db.session.execute(db.text("select id from users where email = :email"), {"email": email_of(slug)})
            actor = Actor("person", who.scalar_one(), name="Olive Owner")
            if what != "begin":
                return getattr(services, what)(given[0], actor).id
            content, is_xlsx = given
            made = services.begin(content, "notion.xlsx" if is_xlsx else "notion.csv", None, actor)
            services.map_columns(made.id, made.mapping, made.options, made.version, actor)
            return made.id


if __name__ == "__main__":
    sys.exit(main())
