"""Alice's workspace, connected to the real Squeegee simulator, and a lead that is ready."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.extensions import db
from app.squeegee.queries import get_account
from app.squeegee.services import ConnectionFacts, change_connection, change_section, connection_seen, fingerprint
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
    account = get_account()
    far_end = ConnectionFacts(squeegee_simulator.url, squeegee_simulator.token, connection_seen(account))
    change_connection(far_end, world.alice.actor)
    change_section("services", {"service_ids": service_ids}, fingerprint(account, "services"), world.alice.actor)
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
