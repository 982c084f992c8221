"""How PostgreSQL carries out what pages ask: every SELECT of a page, explained as the app's role, behind the walls.

    bench/explain --leads 100000    fails when a large table is read from end to end

Each statement is explained twice where it is run: for its parameters, and as the general plan that PostgreSQL may
come to use for a prepared statement after some runs, which must be as good.
"""

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import Connection, event

from app import create_app
from app.extensions import db
from bench.place import ROOT, place
from bench.scenes import Scene, scenes
from bench.statements import replay
from bench.visitor import Visitor

MANY = 1000  # rows from which on a table must not be read from end to end
READ_WHOLE = re.compile(r"Seq Scan on (\w+)")
PLACEHOLDER = re.compile(r"%\((\w+)\)s(::[A-Z ]+(?:\[\])?)?")


class Explainer:
    """Explains each SELECT before it runs, and keeps what is wrong."""

    def __init__(self, large: set[str], show: bool) -> None:
        self.large = large
        self.show = show
        self.title = ""
        self.faults: list[str] = []
        self._is_busy = False

    def hear(
        self, connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        """The listener: a statement is about to run."""
        if self._is_busy or not statement.startswith("SELECT"):  # what is written by hand sets and locks, no more
            return
        self._is_busy = True
        try:
            driver = connection.connection.driver_connection
            found = driver.execute(f"explain (analyze, buffers) {statement}", parameters)
            self._look("for these parameters", statement, found)
            self._look("general plan", statement, _general(driver, statement, parameters))
        finally:
            self._is_busy = False

    def _look(self, kind: str, statement: str, cursor: "psycopg.Cursor[Any]") -> None:
        plan = "\n".join(row[0] for row in cursor)
        words = " ".join(statement.split())[:110]
        time = plan.rpartition("Execution Time: ")[2]
        if self.show:
            print(f"\n{self.title}: {words} … ({kind})\n{plan}")
        else:
            print(f"{self.title:10} {time:>12}  {kind:22} {words}")
        found = set(READ_WHOLE.findall(plan)) & self.large
        if found:
            self.faults.append(f"{self.title}: reads all of {', '.join(sorted(found))} ({kind}): {words}")


def _general(driver: "psycopg.Connection[Any]", statement: str, parameters: dict[str, Any]) -> "psycopg.Cursor[Any]":
    names: list[str] = []

    def place_of(found: re.Match[str]) -> str:
        names.append(found[1])
        return f"${len(names)}{found[2] or ''}"

    text = PLACEHOLDER.sub(place_of, statement).replace("%%", "%")
    given = psycopg.ClientCursor(driver)
    values = ", ".join(given.mogrify("%s", [parameters[name]]) for name in names)
    driver.execute("set local plan_cache_mode = force_generic_plan")
    driver.execute(f"prepare bench_explained as {text}")
    cursor = driver.execute(f"explain (analyze, buffers) execute bench_explained{f'({values})' if names else ''}")
    driver.execute("deallocate bench_explained")
    driver.execute("set local plan_cache_mode = auto")
    return cursor


def explain(app: Flask, rows: list[Scene], large: set[str], show: bool) -> list[str]:
    """Explain what each row's pages ask; returns what is wrong. `large`: the tables that may not be read whole."""
    explainer = Explainer(large, show)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", explainer.hear)
    try:
        for scene in rows:
            explainer.title = scene.key
            for request in [scene.requests[0].pop()] if scene.once else scene.requests[0][:8:3]:
                answer = replay(app, request)
                if answer.status_code != scene.status:
                    raise RuntimeError(f"{scene.key} was answered {answer.status_code}")
                if scene.writes:
                    break
    finally:
        event.remove(engine, "before_cursor_execute", explainer.hear)
    return explainer.faults


def main() -> int:
    """Explain; exit status 1 when a large table is read whole."""
    parser = argparse.ArgumentParser(prog="bench/explain", description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000, help="size of the workspace (default 100,000)")
    parser.add_argument("--plans", action="store_true", help="print the plans, not only the times")
    parser.add_argument("--dir", type=Path, default=ROOT / "var" / "bench", help="where the servers keep their data")
    chosen = parser.parse_args()
    with place(chosen.dir) as here:
        here.flask("bench", "seed", "--leads", str(chosen.leads))
        os.environ.update(here.environ)
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR")
        os.environ["LOG_LEVEL"] = "ERROR"
        app = create_app()
        with here.sill(workers=1) as web:
            rows = scenes(app, Visitor(web.port, f"bench-{chosen.leads}"), f"bench-{chosen.leads}", 0)
        with here.admin() as connection:
            sizes = connection.execute("select relname from pg_class where relkind = 'r' and reltuples > %s", [MANY])
            large = {name for (name,) in sizes}
        faults = explain(app, rows, large, chosen.plans)
    print("\n".join(faults) or "\nNo large table is read from end to end.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
