"""The sweep: what a worker left behind is rung for before what has not begun."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from app.core import bell, outbox
from app.core.clock import utcnow
from app.extensions import db


def test_what_a_worker_left_behind_goes_before_a_backlog(world: Any, make_lead: Any) -> None:
    """However much is due before it: more than one sweep rings for."""
    leads = [make_lead(name=f"Ada Backlog {number}") for number in range(3)]
    long_ago = utcnow() - timedelta(hours=1)
    waiting = [
        outbox.enqueue("quote.expire", lead.id, dedupe_key=f"sweep {lead.id}", run_at=utcnow()) for lead in leads
    ]
    left = waiting.pop()
    db.session.flush()
    db.session.execute(
        update(outbox.OutboxItem).where(outbox.OutboxItem.id.in_([each.id for each in waiting])).values(run_at=long_ago)
    )
    left.state, left.lease_until, left.lease_token = "leased", utcnow() - timedelta(seconds=1), 1
    db.session.commit()
    work, backlog = bell.queues()
    work.empty(), backlog.empty()
    bell.answered([str(each.id) for each in (left, *waiting)])
    outbox.sweep(limit=2)
    assert rung(work) == {str(left.id)}
    assert rung(backlog) == {str(each.id) for each in waiting}


def test_work_that_is_in_hand_is_not_rung_for(world: Any, make_lead: Any) -> None:
    item = outbox.enqueue("quote.expire", make_lead().id, dedupe_key="in hand", run_at=utcnow())
    db.session.flush()
    item.state, item.lease_until, item.lease_token = "leased", utcnow() + timedelta(seconds=30), 1
    db.session.commit()
    bell.answered([str(item.id)])
    work, backlog = bell.queues()
    work.empty(), backlog.empty()
    outbox.sweep()
    assert str(item.id) not in rung(work) | rung(backlog)


def rung(queue: Any) -> set[str]:
    """The ids of all items that a queue's rings are for."""
    return {item_id for job in queue.jobs for item_id in job.args[1:]}
