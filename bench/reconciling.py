"""How surely and how fast an export of Squeegee's is compared with the leads: `bench/reconciling`.

A made-up export with every difficulty of real ones (bench/customers.py) is compared with leads of which it is known
who is there, in a workspace that holds thousands of others; then a large one, for its time, and the same again, which
must change nothing. Exit status 1 when a chase would be stopped wrongly for more than 0.5 % of those for whom Sill
offers it, or when 5,000 lines take longer than 30 s.
"""

import argparse
import csv
import io
import os
import sys
import time
from collections import Counter
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select, update

from app import create_app
from app.contacts.models import Property
from app.core.clock import utcnow
from app.core.outbox import OutboxItem, run
from app.core.permissions import SYSTEM
from app.core.tenancy import current_workspace_id
from app.core.transactions import transaction
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import LeadDraft, create_lead
from app.reconciliation.models import Discrepancy, SqueegeeCustomer, SqueegeeExport
from app.reconciliation.services import RUN, begin
from bench.customers import HEADER, Asked, Synthetic, synthesize
from bench.place import ROOT, place
from bench.scenes import inside

MOST_FALSE = 0.005
MOST_SECONDS = 30.0
LEADS = 10_000
_AT_ONCE = 50


def as_csv(lines: list[tuple[str, ...]]) -> bytes:
    """The file as Squeegee writes it."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def add_leads(asked: list[Asked]) -> dict[UUID, Asked]:
    """Write the leads into the workspace in scope; returns which is which."""
    made: dict[UUID, Asked] = {}
    for start in range(0, len(asked), _AT_ONCE):
        with transaction():
            for each in asked[start : start + _AT_ONCE]:
                who = each.who
                draft = LeadDraft(
                    name=who.name, phone=who.phone_as_given or "", email=who.email or "somebody@example.com",
                    address_line1=who.line1, town=who.town, postcode=who.postcode, stage_key=each.stage_key,
                )  # fmt: skip
                made[create_lead(draft, SYSTEM).id] = each
        db.session.expunge_all()
    with transaction():
        db.session.execute(update(OutboxItem).values(state="cancelled").where(OutboxItem.state == "ready"))
    return made


def compare(content: bytes) -> tuple[float, SqueegeeExport]:
    """Bring an export in and do its work as a worker would; seconds, and the export."""
    begun = time.perf_counter()
    with transaction():
        export_id = begin(content, "Customers.csv", SYSTEM).id
    while True:
        with transaction():
            query = select(OutboxItem.id).where(OutboxItem.kind == RUN, OutboxItem.state == "ready")
            waiting = list(db.session.scalars(query))
        if not waiting:
            break
        for item_id in waiting:
            run(current_workspace_id(), item_id)
    export = db.session.scalars(select(SqueegeeExport).where(SqueegeeExport.id == export_id)).one()
    return time.perf_counter() - begun, export


def judge(made: dict[UUID, Asked], lines: Synthetic) -> dict[str, float]:
    """How many of the leads were found rightly, wrongly, or left to a person."""
    stops: dict[UUID, UUID] = {}
    asks: set[UUID] = set()
    for row in db.session.execute(
        select(Discrepancy.kind, Discrepancy.lead_id, Discrepancy.customer_id).where(Discrepancy.state == "open")
    ):
        if row.lead_id in made:
            if row.kind == "still_chased":
                stops[row.lead_id] = row.customer_id
            elif row.kind == "perhaps":
                asks.add(row.lead_id)
    refs = {each.id: each.ref for each in db.session.scalars(select(SqueegeeCustomer))}
    truth = {lead_id: {lines.lines[at][0] for at in each.lines} for lead_id, each in made.items()}
    chased = {lead_id for lead_id, each in made.items() if each.stage_key != "booking_confirmed"}
    real = {lead_id for lead_id in chased if truth[lead_id]}
    right = sum(1 for lead_id, customer in stops.items() if refs[customer] in truth[lead_id])
    wrong = [made[lead_id].case for lead_id, customer in stops.items() if refs[customer] not in truth[lead_id]]
    return {
        "offered": len(stops), "right": right, "wrong": len(wrong), "there": len(real),
        "asked": len(real & asks), "asked in vain": len(asks - real),
        "missed": len(real - set(stops) - asks), "precision": right / max(len(stops), 1),
        "recall": right / max(len(real), 1), **Counter(f"wrong: {case}" for case in wrong),
    }  # fmt: skip


def large_export(app: Flask, customers: int, seed: int) -> bytes:
    """As many lines; a third of them stand where leads of the workspace live."""
    lines = synthesize(seed, customers, 10, utcnow().date()).lines
    with inside(app, f"bench-{LEADS}"):
        houses = list(db.session.scalars(select(Property).limit(customers // 3)))
        for at, house in enumerate(houses):
            ref, *rest = lines[at]
            rest[3] = house.address
            lines[at] = (ref, *rest)
    return as_csv(lines)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench/reconciling", description=__doc__)
    parser.add_argument("--customers", type=int, default=5_000, help="lines of the export that is judged")
    parser.add_argument("--leads", type=int, default=1_500, help="leads that are judged")
    parser.add_argument("--large", type=int, default=20_000, help="lines of the export for the time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dir", type=Path, default=ROOT / "var" / "bench", help="where the servers keep their data")
    chosen = parser.parse_args()
    with place(chosen.dir.absolute()) as here:
        here.flask("bench", "seed", "--leads", str(LEADS))
        os.environ.update(here.environ)
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR")
        os.environ["LOG_LEVEL"] = "ERROR"
        app = create_app()
        made = synthesize(chosen.seed, chosen.customers, chosen.leads, utcnow().date())
        with inside(app, f"bench-{LEADS}"):
            leads = add_leads(made.leads)
            seconds, export = compare(as_csv(made.lines))
            found = judge(leads, made)
        _say(chosen.customers, seconds, export, found)
        with inside(app, f"bench-{LEADS}"):
            again, export = compare(as_csv(made.lines))
            print(f"the same again: {again:.1f} s, {export.figures['same']:,} lines the same", flush=True)
        content = large_export(app, chosen.large, chosen.seed + 1)
        with inside(app, f"bench-{LEADS}"):
            spent = time.process_time()
            long, _ = compare(content)
            spent = time.process_time() - spent
            left = db.session.scalar(select(func.count()).select_from(Lead))
            print(
                f"{chosen.large:,} lines against {left:,} leads: {long:.1f} s, {spent:.1f} s of processor here",
                flush=True,
            )
    return 0 if found["wrong"] <= MOST_FALSE * found["offered"] and seconds <= MOST_SECONDS else 1


def _say(lines: int, seconds: float, export: SqueegeeExport, found: dict[str, float]) -> None:
    share = 100 * found["wrong"] / max(found["offered"], 1)
    print(
        f"{lines:,} lines: {seconds:.1f} s; of {found['there']:.0f} chased who are in Squeegee {found['right']:.0f} are"
        f" offered to be stopped and {found['asked']:.0f} put to a person, {found['missed']:.0f} missed; precision"
        f" {found['precision']:.4f}, recall {found['recall']:.3f}; false stops {found['wrong']:.0f} ({share:.2f} %, at"
        f" most {100 * MOST_FALSE} %); asked in vain {found['asked in vain']:.0f}",
        *(f"{name} {number}" for name, number in found.items() if name.startswith("wrong:")),
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
