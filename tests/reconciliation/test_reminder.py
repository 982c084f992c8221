"""While anything is open the managers are reminded, once a day, whoever looks."""

from collections.abc import Callable

from sqlalchemy import select

from app.alerts.services.disagreeing import remind_of_discrepancies
from app.extensions import db
from app.leads.models import Lead
from app.notifications.models import Notification
from app.workspaces.queries import today_here
from tests.reconciliation.exports import bring, line
from tests.support.client import Client
from tests.support.world import World


def test_managers_are_reminded_once_a_day_while_anything_is_open(
    world: World, alice: Client, make_lead: Callable[..., Lead], run_outbox: Callable[[], int]
) -> None:
    today = today_here()
    assert remind_of_discrepancies(today) == 0
    make_lead(name="Ivy Reed", address_line1="3 High Street", postcode="BA5 2QJ", stage_key="ready_for_squeegee")
    bring(world.alice, [line("7", "Paul Ash", "9 Tor View, Glastonbury BA6 9AB")])
    run_outbox()
    assert [remind_of_discrepancies(today) for _ in range(2)] == [1, 0]
    db.session.commit()
    told = db.session.scalars(select(Notification).where(Notification.kind == "discrepancies")).one()
    assert (told.user_id, told.data["count"], told.data["not_there"]) == (world.alice.user_id, 1, 1)
    followed = alice.get(f"/w/wells/notifications/{told.id}")
    assert followed.status_code == 303 and followed.location.endswith("/squeegee/reconciliation")
    assert "1 thing to settle with Squeegee" in alice.get("/w/wells/notifications").text
