"""The sweep: what a worker left behind goes before what has not begun, and nobody's backlog before everybody's work."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import insert, text, update

from app.core import bell, jobs, outbox
from app.core.clock import utcnow
from app.core.ids import new_id
from app.core.tenancy import acting_in
from app.extensions import db, redis_door


@pytest.fixture(autouse=True)
def nothing_stands(app: Any) -> None:
    """What the world was made with is done, and rung for by nobody."""
    for queue in bell.queues():
        queue.empty()


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
    work, turns, _, backlog = bell.queues()
    work.empty()
    bell.answered(str(world.workspace_id), [str(each.id) for each in (left, *waiting)])
    outbox.sweep(limit=2)
    assert rung(work) == {str(left.id)}
    assert rung(turns) == {str(each.id) for each in waiting}


def test_work_that_is_in_hand_is_not_rung_for(world: Any, make_lead: Any) -> None:
    item = outbox.enqueue("quote.expire", make_lead().id, dedupe_key="in hand", run_at=utcnow())
    db.session.flush()
    item.state, item.lease_until, item.lease_token = "leased", utcnow() + timedelta(seconds=30), 1
    db.session.commit()
    bell.answered(str(world.workspace_id), [str(item.id)])
    for queue in bell.queues():
        queue.empty()
    outbox.sweep()
    assert not any(str(item.id) in rung(queue) for queue in bell.queues())


def test_a_workspaces_backlog_hides_nobody_elses_work(world: Any) -> None:
    """However much older it is, and more than a sweep takes."""
    due(world.workspace_id, 120, age=timedelta(hours=1))
    (other,) = due(world.other_workspace_id, 1)
    assert outbox.sweep(limit=100) == 100
    assert taken()[:2] == [world.workspace_id, world.other_workspace_id]
    assert other in swept(100)


def test_what_the_small_leave_over_goes_to_the_large_oldest_first(world: Any) -> None:
    large = due(world.workspace_id, 30, age=timedelta(hours=1))
    small = due(world.other_workspace_id, 3)
    assert swept(10) == large[:7] + small
    assert swept(60) == large + small
    assert swept(1) == large[:1]


def test_of_two_backlogs_each_has_its_share(world: Any) -> None:
    older = due(world.workspace_id, 30, age=timedelta(hours=1))
    newer = due(world.other_workspace_id, 20, age=timedelta(minutes=1))
    assert swept(10) == older[:5] + newer[:5]


def test_work_for_later_and_work_in_hand_is_not_found(world: Any) -> None:
    due(world.workspace_id, 5, age=-timedelta(hours=1))
    (left, held) = due(world.other_workspace_id, 2)
    for item_id, seconds in ((left, -1), (held, 30)):
        with acting_in(world.other_workspace_id):
            db.session.execute(
                update(outbox.OutboxItem)
                .where(outbox.OutboxItem.id == item_id)
                .values(state="leased", lease_until=utcnow() + timedelta(seconds=seconds))
            )
    assert swept(10) == [left]


def test_what_becomes_due_later_stands_before_a_backlog_that_was_rung_for(world: Any) -> None:
    """A message to thousands stands in the queue for minutes; a step of somebody else's chase does not wait for it."""
    due(world.workspace_id, 10 * bell.TOGETHER, age=timedelta(hours=1))
    outbox.sweep()
    due(world.other_workspace_id, 1)
    outbox.sweep()
    order = taken()
    assert order[:2] == [world.workspace_id, world.other_workspace_id]
    assert order[2:] == [world.workspace_id] * 9


def test_a_workspace_has_one_turn_at_a_time(world: Any) -> None:
    """Until it has been answered; or with many backlogs the turns would be one too."""
    _, turns, _, _ = bell.queues()
    first = due(world.workspace_id, bell.TOGETHER, age=timedelta(hours=1))
    outbox.sweep()
    due(world.workspace_id, bell.TOGETHER)
    outbox.sweep()
    assert rung(turns) == set(map(str, first))
    bell.answered(str(world.workspace_id), map(str, first))
    outbox.sweep()
    assert len(turns) == 2


def test_a_workspace_that_keeps_the_workers_busy_stands_before_nobody(world: Any, monkeypatch: Any) -> None:
    """As with a provider that takes fourteen seconds over each message, and sixty of those sent in a minute."""
    monkeypatch.setattr(bell, "URGENT_SECONDS", 1e-9)
    (done,) = due(world.other_workspace_id, 1)
    jobs.answer_bell(str(world.other_workspace_id), str(done))
    for item_id in due(world.other_workspace_id, 6):
        bell.ring([(world.other_workspace_id, item_id)])
    monkeypatch.setattr(bell, "URGENT_SECONDS", 20.0)
    (mine,) = due(world.workspace_id, 1)
    bell.ring([(world.workspace_id, mine)])
    (scheduled,) = due(world.workspace_id, 1)
    outbox.sweep()
    work, turns, spent, _ = bell.queues()
    assert (rung(work), rung(turns)) == ({str(mine)}, {str(scheduled)})
    assert [UUID(job.args[0]) for job in spent.jobs] == [world.other_workspace_id] * 6
    assert taken()[:2] == [world.workspace_id] * 2


def test_one_ring_of_what_takes_long_is_soon_over(world: Any) -> None:
    bell.note_time(str(world.workspace_id), bell.LONG + 1, was_urgent=False)
    due(world.workspace_id, 2 * bell.FEW)
    outbox.sweep()
    _, turns, _, backlog = bell.queues()
    assert [len(job.args) - 1 for job in (*turns.jobs, *backlog.jobs)] == [bell.FEW] * 2


def due(workspace_id: UUID, number: int, *, age: timedelta = timedelta(seconds=1)) -> list[UUID]:
    """Put work that has been due for so long into a workspace; nobody rings for it. Returns the ids, oldest first."""
    begun = utcnow() - age
    rows = [
        {
            "workspace_id": workspace_id, "id": new_id(), "kind": "follow_up.due", "subject_id": new_id(),
            "dedupe_key": str(new_id()), "run_at": begun + timedelta(microseconds=at), "state": "ready",
        }
        for at in range(number)
    ]  # fmt: skip
    with acting_in(workspace_id):
        db.session.execute(insert(outbox.OutboxItem), rows)
        db.session.commit()
    return [row["id"] for row in rows]  # type: ignore[misc]


def swept(most: int) -> list[UUID]:
    """What a sweep that takes so many finds."""
    with acting_in(None, sees="none"):
        return list(db.session.scalars(text("select id from due_outbox(:most)"), {"most": most}))


def taken() -> list[UUID]:
    """The workspaces whose rings a worker takes, one after the other."""
    found = []
    while job := Queue.dequeue_any(bell.queues(), None, connection=redis_door.client, serializer=JSONSerializer):
        found.append(UUID(job[0].args[0]))
    return found


def rung(queue: Any) -> set[str]:
    """The ids of all items that a queue's rings are for."""
    return {item_id for job in queue.jobs for item_id in job.args[1:]}
