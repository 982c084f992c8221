"""How many messages a second leave, and whether memory stays flat: `bench/sending`.

Mails are planned for five workspaces, then two workers and a scheduler are started and a mail server that only counts
takes them. What is measured is the whole path: claim, attempt, hand-over, note, timeline, audit log. Exit status 1 when
fewer than 200 a second leave, when a message is missing or came twice, or when the workers grow.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from app import create_app
from app.embedded.processes import LOOPBACK, start, stop
from bench.due import plan_mails
from bench.place import ROOT, Place, place
from bench.sink import Sink
from bench.spending import processor_seconds

WORKSPACES = 5
LEADS = 10_000
LEAST_RATE = 200
MOST_GROWTH = 15  # MiB of a worker between the first fifth and the end


def settings(here: Place, sink: Sink, *, honours: bool) -> dict[str, str]:
    """The environment of workers that send to the sink."""
    return here.environ | {
        "SMTP_HOST": LOOPBACK, "SMTP_PORT": str(sink.port), "SMTP_STARTTLS": "0", "SMTP_FROM": "desk@example.com",
        "SMTP_HONOURS_MESSAGE_ID": "1" if honours else "0", "LOG_LEVEL": "WARNING",
        "MAILS_PER_DOMAIN_PER_MINUTE": "10000000",
    }  # fmt: skip


@contextmanager
def workers(here: Place, number: int, environ: dict[str, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """That many workers and a scheduler, until the block ends."""
    command = [sys.executable, "worker.py"]
    running = [
        start(command, here.var_dir / f"worker{at}.log", cwd=ROOT, environ=environ) for at in range(number)
    ]
    running.append(start([*command, "scheduler"], here.var_dir / "scheduler.log", cwd=ROOT, environ=environ))
    try:
        yield running[:number]
    finally:
        for process in running:
            stop(process, ask=15)


def states(here: Place) -> dict[str, int]:
    """How many messages are in which state."""
    with here.admin() as connection:
        return dict(connection.execute("select state, count(*) from messages group by state").fetchall())


def watch(here: Place, sink: Sink, number: int, running: list[subprocess.Popen[bytes]]) -> dict[str, float]:
    """Wait until as many have left as were planned; what it took. Raises TimeoutError after ten minutes."""
    deadline = time.monotonic() + 600
    before = states(here).get("sent", 0)
    while sink.mails == 0:
        _in_time(deadline)
    begun, spent = time.perf_counter(), _spent(here, running)
    own = time.process_time()
    memory: list[float] = []
    while sink.mails < number:
        _in_time(deadline)
        if len(memory) < 1 and sink.mails >= number / 5:
            memory.append(_memory(running))
    while states(here).get("sent", 0) - before < number:
        _in_time(deadline)
    seconds = time.perf_counter() - begun
    now = _spent(here, running)
    each = 1000 / number
    return {
        "rate": number / seconds, "seconds": seconds, "workers": (now[0] - spent[0]) * each,
        "database": (now[1] - spent[1]) * each, "sink": (time.process_time() - own) * each,
        "first": memory[0] if memory else _memory(running), "last": _memory(running),
    }  # fmt: skip


def _in_time(deadline: float) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError("not all messages left within ten minutes")
    time.sleep(0.1)


def _memory(running: list[subprocess.Popen[bytes]]) -> float:
    return max(psutil.Process(process.pid).memory_info().rss for process in running) / 2**20


def _spent(here: Place, running: list[subprocess.Popen[bytes]]) -> tuple[float, float]:
    return sum(processor_seconds(process.pid) for process in running), processor_seconds(here.postgres.pid)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench/sending", description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000, help="how many in one run (default 10,000)")
    parser.add_argument("--workers", type=int, default=2, help="how many workers (default 2)")
    parser.add_argument("--runs", type=int, default=2, help="how often; the best counts, for others use the machine")
    parser.add_argument("--without-honour", action="store_true", help="the provider does not drop repeats")
    parser.add_argument("--dir", type=Path, default=ROOT / "var" / "bench", help="where the servers keep their data")
    chosen = parser.parse_args()
    kept = []
    with place(chosen.dir.absolute()) as here:
        here.flask("bench", "seed", "--leads", str(LEADS), "--workspaces", str(WORKSPACES))
        os.environ.update(here.environ)
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR")
        os.environ["LOG_LEVEL"] = "ERROR"
        app = create_app()
        for _ in range(chosen.runs):
            kept.append(_run(here, app, chosen))
    best = max(kept, key=lambda each: each["rate"])
    growth = best["last"] - best["first"]
    print(f"best: {best['rate']:.0f} messages a second (at least {LEAST_RATE})")
    return 0 if best["rate"] >= LEAST_RATE and growth <= MOST_GROWTH and all(each["right"] for each in kept) else 1


def _run(here: Place, app: object, chosen: argparse.Namespace) -> dict[str, float]:
    for at in range(1, WORKSPACES + 1):
        plan_mails(app, f"bench-{LEADS}-{at}", chosen.messages // WORKSPACES)  # type: ignore[arg-type]
    number = chosen.messages // WORKSPACES * WORKSPACES
    sink = Sink()
    with workers(here, chosen.workers, settings(here, sink, honours=not chosen.without_honour)) as running:
        found = watch(here, sink, number, running)
    sink.stop()
    twice = sum(1 for times in sink.arrived.values() if times > 1)
    found["right"] = len(sink.arrived) == number and not twice
    print(
        f"{number:,} messages, {chosen.workers} workers: {found['rate']:.0f} a second ({found['seconds']:.1f} s);"
        f" {found['workers']:.2f} ms of processor each in the workers, {found['database']:.2f} in PostgreSQL,"
        f" {found['sink']:.2f} in the mail server; memory {found['first']:.0f} MiB after a fifth, {found['last']:.0f}"
        f" at the end; {len(sink.arrived):,} arrived, {twice} twice; {sink.connections} connections",
        flush=True,
    )
    return found


if __name__ == "__main__":
    sys.exit(main())
