"""Alice's workspace, connected to the real Squeegee simulator, and a lead that is ready."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.extensions import db
from app.squeegee.commands import connect_simulator
from app.squeegee.queries import get_account, today_here
from tests.squeegee.desk import Desk
from tests.support.simulators import Squeegee
from tests.support.world import World


@pytest.fixture
def desk(world: World, squeegee_simulator: Squeegee) -> Desk:
    """Alice's Squeegee account, pointing at the simulator."""
    assert connect_simulator(squeegee_simulator.token)
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
