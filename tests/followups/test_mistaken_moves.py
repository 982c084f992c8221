"""A card dropped beside its column sends nobody a mail: what a move plans waits while the move can be taken back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from app.followups.models import FollowUp
from app.followups.queries.steps import Step
from app.leads.models import Lead
from app.leads.services import stage_by_key
from tests.support.client import Client
from tests.support.simulators import Mailbox

WRITE = Step("write", "email", "Write", template_key="plain_email", any_hour=True)


@pytest.mark.parametrize("starts", ["stage", "rule"])
def test_the_customer_hears_of_a_move_when_it_stands(
    alice: Client, make_lead: Any, sequence: Any, make_due: Any, run_outbox: Any, mailbox: Mailbox, starts: str
) -> None:
    declined = stage_by_key("declined").id
    by = {"stage_id": declined} if starts == "stage" else {"rule": {"event": "lead.declined"}}
    sequence(WRITE, starts=starts, **by)
    lead = make_lead(email="hannah.cole@example.com")
    url = f"/w/wells/leads/{lead.id}/stage"
    lost = {"to": declined, "agreed": "1", "reason_key": "other", "returns_on": ""}
    run_outbox()  # the word that the enquiry has come in
    before = len(mailbox.mails())

    assert alice.post(url, data=lost).status_code == 303
    run_outbox()
    assert alice.post(f"{url}/undo", hx=True).status_code == 204
    make_due("follow_up.due")
    run_outbox()
    assert len(mailbox.mails()) == before

    assert alice.post(url, data=lost).status_code == 303
    assert waits_for(lead) == [timedelta(seconds=30)]
    make_due("follow_up.due")
    run_outbox()
    assert len(mailbox.mails()) == before + 1


def waits_for(lead: Lead) -> list[timedelta]:
    """How long each mail that is planned waits."""
    planned = select(FollowUp).where(FollowUp.lead_id == lead.id, FollowUp.state == "planned", FollowUp.kind == "email")
    return [
        timedelta(seconds=round((each.due_at - each.created_at).total_seconds()))
        for each in db.session.scalars(planned)
    ]
