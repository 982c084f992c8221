"""Measure Sill against its bars and against the limit: `bench/run --leads 10000 --leads 100000`.

For each row the load goes to Sill for some seconds; before each row the same load goes to the limit app, so that a
machine that is slow at the moment is slow for both. Prints a table and keeps the figures in var/bench.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask

from app import create_app
from bench.place import ROOT, Place, Web, place
from bench.scenes import CONNECTIONS, Bar, Scene, inside, scenes
from bench.spending import memory_mib, processor_seconds
from bench.statements import Pages, count_pages
from bench.visitor import Visitor

ROWS = ("list", "filtered", "search", "doubles", "board", "column", "drawer", "day", "form", "move", "create")
LIMIT_ROOM = 5.0  # times the limit's processor time that the list page may take


@dataclass(frozen=True, slots=True)
class Figures:
    """What one row came to: requests a second, ms of processor each (of the app, of PostgreSQL), ms of time."""

    rate: float
    app_cpu: float
    database_cpu: float
    p50: float
    p95: float
    size: int
    limit_cpu: float = 0.0

    @property
    def cpu(self) -> float:
        """ms of processor for a request."""
        return self.app_cpu + self.database_cpu


def measure(here: Place, web: Web, scene: Scene, seconds: float, warm_up: float) -> Figures:
    """Let the load run over one row. Raises RuntimeError for answers that are not what the row expects."""
    plan = {"port": web.port, "seconds": seconds, "warm_up": warm_up, "once": scene.once, "requests": scene.requests}
    file = here.var_dir / "plan.json"
    file.write_text(json.dumps(plan))
    command = [sys.executable, "-m", "bench.load", str(file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as load:
        assert load.stdout is not None
        told = load.stdout
        marks = [[processor_seconds(pid) for pid in (web.pid, here.postgres.pid)] for _ in range(2) if told.readline()]
        result = told.read()
    file.unlink()
    if load.returncode:
        raise RuntimeError(f"{scene.key}: the load broke off")
    found = json.loads(result)
    wrong = {status: count for status, count in found["statuses"].items() if int(status) != scene.status}
    if wrong:
        raise RuntimeError(f"{scene.key}: {wrong} instead of {scene.status} only. One of them:\n{found['failure']}")
    number = found["requests"]
    app_cpu, database_cpu = ((after - before) * 1000 / number for before, after in zip(*marks, strict=True))
    return Figures(
        number / found["seconds"], app_cpu, database_cpu, found["p50"] * 1000, found["p95"] * 1000, found["size"]
    )


def measure_all(here: Place, app: Flask, leads: int, chosen: argparse.Namespace) -> dict[str, Figures]:
    """Measure all rows with one size and print them as they come."""
    slug = f"bench-{leads}"
    with inside(app, slug) as workspace_id:
        limit_environ = {"BENCH_WORKSPACE_ID": str(workspace_id)}
    port_free = [sys.executable, "-m", "gunicorn", "--config", "bench/limit_gunicorn.py"]
    figures: dict[str, Figures] = {}
    with here.sill() as web, here.serving("limit", port_free, **limit_environ) as limit:
        visitor = Visitor(web.port, slug)
        def rows() -> list[Scene]:
            found = scenes(app, visitor, slug, chosen.seconds + chosen.warm_up)
            return [scene for scene in found if chosen.only in ("", scene.key)]

        counted = count_pages(app, rows())  # moves leads and makes some, so that the load gets rows of its own
        asked = [["GET / HTTP/1.1\r\nHost: limit\r\n\r\n"]] * CONNECTIONS
        bare = Scene("limit", "the limit", Bar(0, 0, 0, None), asked)
        print(f"\n{leads:,} leads in one workspace; {chosen.seconds:g} s each, {CONNECTIONS} connections")
        print(_line("", "req/s", "cpu ms", "(app+db)", "p95 ms", "× limit", "SQL", "KB"))
        for scene in rows():
            least = measure(here, limit, bare, max(1.0, chosen.seconds / 3), 0.5)
            found = measure(here, web, scene, chosen.seconds, chosen.warm_up)
            figures[scene.key] = Figures(**{**asdict(found), "limit_cpu": least.cpu})
            _show(scene, figures[scene.key], counted[scene.key])
        words = f"{least.rate:.0f} req/s, {least.cpu:.2f} ms, p95 {least.p95:.1f} ms, {least.size / 1000:.0f} KB"
        print(f"the limit, last: {words}")
        print("memory of the web workers: " + ", ".join(f"{size:.0f} MiB" for size in memory_mib(web.pid)))
    return figures


def _show(scene: Scene, found: Figures, pages: Pages) -> None:
    bar = scene.bar
    verdicts = {
        "rate": found.rate >= bar.rate, "cpu": found.cpu <= bar.cpu, "p95": found.p95 <= bar.p95,
        "SQL": pages.statements <= (20 if scene.writes else 8), "KB": pages.size <= 60_000,
        "limit": scene.key != "list" or found.cpu <= LIMIT_ROOM * found.limit_cpu,
    }  # fmt: skip
    missed = [name for name, is_kept in verdicts.items() if not is_kept]
    print(
        _line(
            scene.title, f"{found.rate:.0f}/{bar.rate}", f"{found.cpu:.2f}/{bar.cpu:g}",
            f"{found.app_cpu:.2f}+{found.database_cpu:.2f}", f"{found.p95:.1f}/{bar.p95}",
            f"{found.cpu / found.limit_cpu:.1f}", str(pages.statements), f"{pages.size / 1000:.1f}",
        ),
        f"  misses {', '.join(missed)}" if missed else "",
        flush=True,
    )  # fmt: skip


def _line(title: str, *cells: str) -> str:
    return f"{title:32}" + "".join(f"{cell:>13}" for cell in cells)


def middle(rounds: Sequence[Mapping[str, Figures]]) -> dict[str, Figures]:
    """Of each row's figures the middle ones: a machine that others use as well is never twice the same."""
    return {
        key: Figures(**{each.name: median(getattr(it[key], each.name) for it in rounds) for each in fields(Figures)})
        for key in rounds[0]
    }


def show_middle(found: Mapping[int, Mapping[str, Figures]], rounds: int) -> None:
    """Print the middle figures of several rounds."""
    for leads, rows in found.items():
        print(f"\n{leads:,} leads, the middle of {rounds} rounds")
        print(_line("", "req/s", "cpu ms", "(app+db)", "p95 ms", "× limit"))
        for key, it in rows.items():
            spent = f"{it.app_cpu:.2f}+{it.database_cpu:.2f}"
            print(_line(key, f"{it.rate:.0f}", f"{it.cpu:.2f}", spent, f"{it.p95:.1f}", f"{it.cpu / it.limit_cpu:.1f}"))


def show_growth(small: dict[str, Any], large: dict[str, Any], bars: dict[str, float | None], words: str) -> None:
    """Print how much the time of 95 of 100 requests grew from one size to the other."""
    print(f"\nGrowth of p95 and of processor time, {words}")
    for key in small.keys() & large.keys():
        allowed = bars.get(key)
        ratio = large[key]["p95"] / small[key]["p95"]
        spent = [sum(each[key][part] for part in ("app_cpu", "database_cpu")) for each in (small, large)]
        mark = "  misses" if allowed is not None and ratio > allowed else ""
        print(f"{key:12} p95 {ratio:.2f} (allowed {allowed or '–'})   cpu {spent[1] / spent[0]:.2f}{mark}")


def main() -> int:
    """Seed what is missing, measure, print."""
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__)
    parser.add_argument("--leads", type=int, action="append", help="size of the workspace; may be given twice")
    parser.add_argument("--others", type=int, default=10, help="workspaces that share as many leads again (default 10)")
    parser.add_argument("--seconds", type=float, default=10.0, help="measured for each row (default 10)")
    parser.add_argument("--warm-up", type=float, default=2.0, help="seconds before (default 2)")
    parser.add_argument("--rounds", type=int, default=1, help="all of it so often, and the middle of the figures")
    parser.add_argument("--only", default="", choices=("", *ROWS), help=f"one row: {', '.join(ROWS)}")
    parser.add_argument("--dir", type=Path, default=ROOT / "var" / "bench", help="where the servers keep their data")
    chosen = parser.parse_args()
    sizes = sorted(chosen.leads or [10_000, 100_000])
    with place(chosen.dir) as here:
        for leads in sizes:
            others = chosen.others if leads == max(sizes) else 0
            here.flask("bench", "seed", "--leads", str(leads), "--others", str(others))
        os.environ.update(here.environ)
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR")
        os.environ["LOG_LEVEL"] = "ERROR"  # of this process, which only counts and prepares
        app = create_app()
        rounds = [{leads: measure_all(here, app, leads, chosen) for leads in sizes} for _ in range(chosen.rounds)]
        found = {leads: middle([each[leads] for each in rounds]) for leads in sizes}
        if chosen.rounds > 1:
            show_middle(found, chosen.rounds)
        kept = {str(leads): {key: asdict(it) for key, it in rows.items()} for leads, rows in found.items()}
        (here.var_dir / "figures.json").write_text(json.dumps(kept, indent=2))
        bars = {"list": 1.2, "filtered": 1.3, "search": 1.3, "board": 1.3, "column": 1.2, "drawer": 1.2, "move": 1.2,
                "create": 1.2, "doubles": 1.3}  # fmt: skip
        for small, large in zip(sizes, sizes[1:], strict=False):
            show_growth(kept[str(small)], kept[str(large)], bars, f"{small:,} to {large:,} leads")
    return 0


if __name__ == "__main__":
    sys.exit(main())
