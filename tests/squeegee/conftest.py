"""Alice's workspace, connected to the real Squeegee simulator, and a lead that is ready."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.extensions import db
from app.squeegee.queries import get_account
from app.squeegee.services import AccountFacts, change_account
from app.workspaces.queries import today_here
from tests.squeegee.desk import Desk
from tests.support.simulators import Squeegee
from tests.support.world import World

#: Which of the simulator's services is which of ours; "other" and "velux" have none there.
OFFERED = {
    "window_cleaning": "Window cleaning", "inside": "Window cleaning inside", "conservatory": "Conservatory",
    "conservatory_roof": "Conservatory roof", "extension": "Extension", "gutter_clearing": "Gutter clearing",
    "fascia_soffit": "Fascia, soffit and gutter", "solar_panels": "Solar panels",
}  # fmt: skip


@pytest.fixture
def desk(world: World, squeegee_simulator: Squeegee) -> Desk:
    """Alice's Squeegee account, pointing at the simulator."""
    offered = squeegee_simulator.services()
    service_ids = {code: offered[name] for code, name in OFFERED.items()}
    facts = AccountFacts(squeegee_simulator.url, squeegee_simulator.token, service_ids, get_account().version)
    change_account(facts, world.alice.actor)
    db.session.commit()
    return Desk(squeegee_simulator, world.alice.actor, today_here() + timedelta(days=7))


@pytest.fixture
def ready_lead(make_lead: Callable[..., Any]) -> Callable[..., Any]:
    """Make a lead that Squeegee could take as it is."""

    def make(**draft: Any) -> Any:
        return make_lead(**{"stage_key": "ready_for_squeegee", "price_minor": 2400, **draft})

    return make


@pytest.fixture
def webhook_secret(desk: Desk) -> str:
    """The secret that signs confirmations."""
    return str(get_account().webhook_secret)
