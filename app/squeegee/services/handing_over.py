"""Handing a lead over: by itself through the API, or noting that a person typed it in."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from app.core.errors import Conflict, Invalid
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead
from app.leads.services import get_lead, stage_by_key
from app.squeegee.mapping import missing_for_api
from app.squeegee.models import Transfer, TransferCall
from app.squeegee.queries.account import get_account, is_connected
from app.squeegee.queries.calls import doubtful_call
from app.squeegee.queries.reading import READY, agreed_of, facts_of, open_transfer
from app.squeegee.services.booking import record_booking
from app.squeegee.services.states import start, succeed
from app.workspaces.queries import today_here

_FURTHEST = timedelta(days=730)
_LONGEST_ID = 100


def hand_over(lead_id: UUID, method: str, actor: Actor, first_service_date: date | None = None) -> Transfer:
    """Let a worker make customer and job in Squeegee.

    `method` is "api"; what a person did instead is noted by `enter_by_hand` and `batches`. Raises Invalid naming
    each thing that Squeegee needs and the lead lacks, Conflict when it is there or on its way already. A customer that
    an earlier transfer made is used again; one that it may have made stays in doubt.
    """
    if method != "api":
        raise ValueError(method)
    lead = get_lead(lead_id, lock=True)  # of two at once the second waits here and then sees the first one's transfer
    refuse_second(lead)
    account = get_account()
    errors = _not_ready(lead, missing_for_api(facts_of(lead), account))
    if not is_connected(account):
        errors["account"] = "Connect Squeegee first: enter its address and token in the Squeegee settings."
    errors |= _wrong_date(first_service_date)
    if errors:
        raise Invalid(errors)
    transfer = Transfer(
        lead_id=lead.id, method="api", first_service_date=first_service_date, created_by=actor.user_id,
        customer_id=lead.squeegee_customer_id,
    )  # fmt: skip
    db.session.add(transfer)
    db.session.flush()
    keep_in_doubt(transfer)
    start(transfer, lead, actor)
    return transfer


def enter_by_hand(
    lead_id: UUID, customer_id: str, actor: Actor, *, first_service_date: date | None = None,
    method: str = "copy_sheet", handed: Sequence[tuple[str, str]] = (),
) -> Transfer:  # fmt: skip
    """Note that someone typed the lead into Squeegee. `customer_id` is its id or reference there.

    `handed`: what they typed, as note_entered keeps it. With a first date the booking counts as confirmed at once.
    Raises Invalid, and Conflict when the lead is there or on its way already.
    """
    lead = get_lead(lead_id, lock=True)
    refuse_second(lead)
    reference = clean_id(customer_id)
    errors = {} if reference else {"squeegee_id": "Enter the customer's id or reference in Squeegee."}
    errors |= _not_ready(lead, {})
    if errors:
        raise Invalid(errors)
    transfer = note_entered(lead, method, actor, reference, first_service_date, handed=handed)
    if first_service_date is not None:
        record_booking(lead.id, first_service_date, actor)
    return transfer


def note_entered(
    lead: Lead,
    method: str,
    actor: Actor,
    customer_id: str | None,
    first_service_date: date | None = None,
    *,
    handed: Sequence[tuple[str, str]] = (),
) -> Transfer:
    """Write the finished transfer of a lead that a person (or the vendor) entered. The lead is locked and free.

    `handed` is what the person was shown, as (label, value); it is kept sealed, with the price and rhythm in it.
    """
    transfer = Transfer(
        lead_id=lead.id, method=method, first_service_date=first_service_date, created_by=actor.user_id,
        customer_id=customer_id, handed=json.dumps([list(pair) for pair in handed]) if handed else None,
        holds=agreed_of(lead).kept if handed else None,
    )  # fmt: skip
    db.session.add(transfer)
    db.session.flush()
    succeed(transfer, lead, actor)
    return transfer


def refuse_second(lead: Lead) -> None:
    """Raises Conflict when the lead has a transfer that stands. (A unique index is the wall behind this.)"""
    standing = open_transfer(lead.id)
    if standing is not None:
        there = standing.state == "success"
        raise Conflict(f"{lead.number} is {'in Squeegee already' if there else 'on its way to Squeegee already'}.")


def clean_id(text: str | None) -> str | None:
    """An id of Squeegee's as people copy it; None when it is blank or can't be one."""
    found = (text or "").strip()
    return found if found and len(found) <= _LONGEST_ID and found.isprintable() else None


def keep_in_doubt(transfer: Transfer) -> None:
    """What the lead's last transfer by the API may have made, and was called off without a look, is no less doubtful
    now, whatever was tried by sheet or file meanwhile. What has been taken over once is not again.
    """
    before = db.session.scalars(
        select(Transfer.id)
        .where(
            Transfer.workspace_id == transfer.workspace_id, Transfer.lead_id == transfer.lead_id,
            Transfer.id != transfer.id, Transfer.method == "api",
        )
        .order_by(Transfer.created_at.desc(), Transfer.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    call = doubtful_call(before) if before else None
    if call is not None and not _has_call(transfer, call):
        db.session.add(
            TransferCall(
                transfer_id=transfer.id, step=call.step, rung=call.rung, outcome="unclear", status=call.status,
                request=call.request, answer=call.answer, begun_at=call.begun_at, finished_at=call.finished_at,
            )
        )  # fmt: skip


def _has_call(transfer: Transfer, call: TransferCall) -> bool:
    """Whether the call was taken over into the transfer before."""
    query = select(TransferCall.id).where(
        TransferCall.workspace_id == transfer.workspace_id, TransferCall.transfer_id == transfer.id,
        TransferCall.step == call.step, TransferCall.begun_at == call.begun_at,
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def is_ready(lead: Lead) -> bool:
    """Whether the lead waits to be handed over."""
    return lead.stage_id == stage_by_key(READY).id


def _not_ready(lead: Lead, lacks: Mapping[str, str]) -> dict[str, str]:
    errors = {fact: f"Add {words}." for fact, words in lacks.items()}
    if not is_ready(lead):
        errors["stage"] = f"Move the lead to {stage_by_key(READY).name} first."
    return errors


def _wrong_date(day: date | None) -> dict[str, str]:
    today = today_here()
    if day is None:
        return {"first_service_date": "Choose the date of the first clean."}
    if day < today:
        return {"first_service_date": "Choose a date from today on."}
    if day > today + _FURTHEST:
        return {"first_service_date": "Choose a date within the next two years."}
    return {}
