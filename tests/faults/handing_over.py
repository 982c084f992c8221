"""What the tests and the bench of hand-overs do inside an installation, as `python -m tests.faults.handing_over`.

`seed`: connect the workspace to a Squeegee and make leads that are ready. `start`: hand some of them over. `mend`: be
the person who looks in Squeegee: settle what is uncertain, start again what failed. Each prints JSON.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from app import create_app
from app.core import access_keys, http
from app.core.permissions import Actor
from app.core.tenancy import acting_in
from app.core.transactions import transaction
from app.extensions import db
from app.leads.models import Lead
from app.squeegee import services
from app.squeegee.models import Transfer
from app.squeegee.queries import get_account
from app.squeegee.queries.calls import doubtful_call
from app.workspaces.models import Membership
from app.workspaces.queries import today_here
from tests.support.leads import make_lead


@contextmanager
def inside(app: Flask, slug: str) -> Iterator[Actor]:
    """Acting in the workspace as its owner."""
    with app.app_context():
        with transaction():
            found = access_keys.find("slug", slug)
        assert found is not None, slug
        with acting_in(found.workspace_id):
            with transaction():
                owner = db.session.scalars(select(Membership.user_id).where(Membership.role == "owner")).one()
            yield Actor("person", owner)


def seed(actor: Actor, given: argparse.Namespace) -> dict[str, Any]:
    """The numbers of the leads, by their ids. The account is told of the address and the certificate's door."""
    offered = {each["name"]: each["id"] for each in _ask(given.simulator, "/_services")}
    account = get_account()
    account.base_url, account.token = given.url, given.token
    account.service_ids = {"window_cleaning": offered["Window cleaning"]}
    db.session.commit()
    made = [
        make_lead(actor, stage_key="ready_for_squeegee", price_minor=2400, name=f"Zephyrine Cole {number}")
        for number in range(given.leads)
    ]
    return {str(lead.id): lead.number for lead in made}


def start(actor: Actor, given: argparse.Namespace) -> int:
    """Hand that many leads over, those that have no transfer yet; how many it were."""
    fresh = (
        select(Lead.id)
        .where(Lead.squeegee_job_id.is_(None), ~select(Transfer.id).where(Transfer.lead_id == Lead.id).exists())
        .where(Lead.price_minor == 2400)
        .order_by(Lead.id)
        .limit(given.leads)
    )
    lead_ids = list(db.session.scalars(fresh))
    for lead_id in lead_ids:
        with transaction():
            services.hand_over(lead_id, "api", actor, today_here() + timedelta(days=7))
    return len(lead_ids)


def mend(actor: Actor, given: argparse.Namespace) -> dict[str, int]:
    """Look in Squeegee for what is uncertain, and start again what stopped."""
    held = _ask(given.simulator, "/_state")["by_reference"]
    done: dict[str, int] = defaultdict(int)
    rows = db.session.execute(
        select(Transfer.id, Transfer.state, Lead.number)
        .join(Lead, Lead.id == Transfer.lead_id)
        .where(Transfer.state.in_(("uncertain", "failed", "partial")))
    ).all()
    for transfer_id, state, number in rows:
        with transaction():
            if state == "uncertain":
                call = doubtful_call(transfer_id)
                there = held.get(number, {}).get(f"{call.step if call else 'customer'}s", [])
                services.settle(transfer_id, actor, found_id=there[0] if there else None)
            else:
                services.retry(transfer_id, actor)
            done[state] += 1
    return done


def _ask(simulator: str, path: str) -> Any:
    return http.request("GET", simulator + path, allow_private=True, max_bytes=10**8).json()


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.faults.handing_over", description=__doc__)
    parser.add_argument("act", choices=("seed", "start", "mend"))
    parser.add_argument("--slug", required=True)
    parser.add_argument("--simulator", required=True, help="its address without TLS")
    parser.add_argument("--url", help="the address that Sill sends to")
    parser.add_argument("--token")
    parser.add_argument("--leads", type=int, default=0)
    given = parser.parse_args()
    with inside(create_app(), given.slug) as actor:
        print(json.dumps({"seed": seed, "start": start, "mend": mend}[given.act](actor, given)))


if __name__ == "__main__":
    main()
