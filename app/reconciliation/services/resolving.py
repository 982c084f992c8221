"""What a person does about a discrepancy. Each act works on it as it stands, and says so when that has changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.activities.services import set_quietly
from app.core.clock import utcnow
from app.core.errors import Conflict, Invalid, NotFound, SillError
from app.core.events import Event, publish
from app.core.loading import load_one
from app.core.permissions import Actor
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.followups.services import stop_chase
from app.leads.services import get_lead
from app.reconciliation.models import Discrepancy, SqueegeeCustomer
from app.reconciliation.queries.exports import newest_export
from app.reconciliation.services.running import TOPIC, compare_leads
from app.squeegee.services.handing_over import clean_id, note_entered, refuse_second

_MEANWHILE = "This was settled meanwhile. Nothing was changed."
#: As many as one press may settle.
MOST_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of several: how many were settled, and of the others why not."""

    done: int
    left: tuple[str, ...]


def resolve(discrepancy_id: UUID, act: str, actor: Actor, *, reference: str = "") -> Discrepancy:
    """Do `act` (a key of _ACTS) about a discrepancy; `reference` is Squeegee's for the customer, where it is asked.

    Raises NotFound, Conflict when it was settled meanwhile or the lead is on its way to Squeegee, Invalid for what
    does not fit.
    """
    row = locked(discrepancy_id)
    kinds, do = _ACTS.get(act, ((), _dismiss))
    if row.kind not in kinds:
        raise Invalid({"act": "This can’t be done about it."})
    if row.state != "open":
        raise Conflict(_MEANWHILE)
    do(row, actor, reference)
    _tell(row, actor, act)
    return row


def reopen(discrepancy_id: UUID, actor: Actor) -> Discrepancy:
    """Take back that a discrepancy was put aside, or that two are (not) the same. Raises Conflict for anything else."""
    row = locked(discrepancy_id)
    if row.resolution not in ("dismissed", "left", "put_right", "not_same", "same", "keep"):
        raise Conflict("This can’t be taken back: the lead has moved on by it.")
    if row.resolution in ("same", "keep"):
        customer = _customer(row)
        if customer.lead_id == row.lead_id and customer.matched_by == "person":
            customer.lead_id = customer.matched_by = None
    _close(row, "open", None, None)
    _compare(row)
    _tell(row, actor, "reopen")
    return row


def stop_several(discrepancy_ids: Iterable[UUID], actor: Actor) -> Outcome:
    """Stop the chase of several who are in Squeegee beyond doubt and note them as entered, each by itself.

    Raises Invalid for none, or too many at once.
    """
    ids = list(dict.fromkeys(discrepancy_ids))
    if not ids:
        raise Invalid({"discrepancy": "Tick those who are meant."})
    if len(ids) > MOST_AT_ONCE:
        raise Invalid({"discrepancy": f"Tick at most {MOST_AT_ONCE} at once."})
    done, left = 0, []
    for each in sorted(ids):
        try:
            with db.session.begin_nested():
                resolve(each, "stop", actor)
            done += 1
        except SillError as error:
            left.append(error.message if isinstance(error, Conflict) else _MEANWHILE)
    return Outcome(done, tuple(dict.fromkeys(left)))


def locked(discrepancy_id: UUID) -> Discrepancy:
    """A discrepancy as it stands now, held until the transaction ends. Raises NotFound."""
    query = select(Discrepancy).where(
        Discrepancy.workspace_id == current_workspace_id(), Discrepancy.id == discrepancy_id
    )
    return load_one(query, lock=True)


def _enter(row: Discrepancy, actor: Actor, reference: str) -> None:
    """It is in Squeegee after all, as a person has seen there."""
    known = clean_id(reference)
    if known is None:
        raise Invalid({"reference": "Enter the customer’s reference in Squeegee."})
    lead = get_lead(_lead_id(row), lock=True)
    if lead.transferred_at is None:
        _note_entered(row, actor, known)
    else:  # handed over, and there under another reference: the next export is compared by this one
        set_quietly(lead, {"squeegee_customer_id": known})
    _close(row, "mended", "entered", actor)


def _stop(row: Discrepancy, actor: Actor, reference: str) -> None:
    """They are a customer: nobody chases them any more, and the lead moves on."""
    customer = _customer(row)
    ended = stop_chase(_lead_id(row), "in_squeegee", actor)
    _note_entered(row, actor, clean_id(customer.ref))
    _take_as(row, customer)
    _close(row, "mended", "stopped" if ended else "entered", actor)


def _same(row: Discrepancy, actor: Actor, reference: str) -> None:
    """They are the same; where the lead is still open, its chase stops and it is noted as entered."""
    customer = _customer(row)
    lead = get_lead(_lead_id(row), lock=True)
    if lead.transferred_at is None:
        stop_chase(lead.id, "in_squeegee", actor)
        _note_entered(row, actor, clean_id(customer.ref))
    _take_as(row, customer)
    _close(row, "mended", "same", actor)
    _compare(row)


def _keep(row: Discrepancy, actor: Actor, reference: str) -> None:
    """They are the same, and want something more: the lead stays open."""
    _take_as(row, _customer(row))
    _close(row, "dismissed", "keep", actor)
    _compare(row)


def _not_same(row: Discrepancy, actor: Actor, reference: str) -> None:
    customer = _customer(row)
    if customer.lead_id == row.lead_id:
        customer.lead_id = customer.matched_by = None
    _close(row, "dismissed", "not_same", actor)
    _compare(row)


def _dismiss(row: Discrepancy, actor: Actor, reference: str) -> None:
    _close(row, "dismissed", "dismissed", actor)


def _left(row: Discrepancy, actor: Actor, reference: str) -> None:
    _close(row, "dismissed", "left", actor)


def _put_right(row: Discrepancy, actor: Actor, reference: str) -> None:
    """Somebody has put it right in Squeegee: the next export tells, and opens it again where that is not so."""
    _close(row, "mended", "put_right", actor)


_ACTS: dict[str, tuple[tuple[str, ...], Callable[[Discrepancy, Actor, str], None]]] = {
    "enter": (("not_there",), _enter),
    "stop": (("still_chased",), _stop),
    "same": (("perhaps",), _same),
    "keep": (("perhaps", "still_chased"), _keep),
    "not_same": (("perhaps", "still_chased"), _not_same),
    "left": (("gone",), _left),
    "put_right": (("duplicate",), _put_right),
    "dismiss": (("not_there", "still_chased", "perhaps", "duplicate", "gone"), _dismiss),
}


def _note_entered(row: Discrepancy, actor: Actor, customer_id: str | None) -> None:
    lead = get_lead(_lead_id(row), lock=True)
    if lead.transferred_at is None:
        refuse_second(lead)
        note_entered(lead, "copy_sheet", actor, customer_id)


def _take_as(row: Discrepancy, customer: SqueegeeCustomer) -> None:
    customer.lead_id, customer.matched_by = row.lead_id, "person"


def _close(row: Discrepancy, state: str, resolution: str | None, actor: Actor | None) -> None:
    row.state, row.resolution = state, resolution
    row.resolved_by = actor.user_id if actor else None
    row.resolved_at = utcnow() if actor else None
    db.session.flush()


def _compare(row: Discrepancy) -> None:
    """What follows from it for the lead: another discrepancy, or none."""
    export = newest_export()
    if row.lead_id is not None and export is not None:
        compare_leads([row.lead_id], export.created_at)


def _lead_id(row: Discrepancy) -> UUID:
    if row.lead_id is None:
        raise NotFound
    return row.lead_id


def _customer(row: Discrepancy) -> SqueegeeCustomer:
    query = select(SqueegeeCustomer).where(
        SqueegeeCustomer.workspace_id == row.workspace_id, SqueegeeCustomer.id == row.customer_id
    )
    return load_one(query, lock=True)


def _tell(row: Discrepancy, actor: Actor, act: str) -> None:
    publish(
        Event(
            "discrepancy.resolved", row.workspace_id, actor, "discrepancy", row.id, lead_id=row.lead_id,
            data={"kind": row.kind, "act": act}, topics=frozenset({TOPIC}),
        )
    )  # fmt: skip
