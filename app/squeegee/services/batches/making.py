"""Making a file: its rows are transfers that wait until somebody says what became of each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from app.activities.services import Entry, record_entries
from app.core.errors import Invalid
from app.core.permissions import Actor
from app.extensions import db
from app.leads.models import Lead
from app.quotes.queries.agreement import Agreement, agreements
from app.squeegee.mapping import Agreed, Column, LeadFacts, columns_of, file_row
from app.squeegee.models import BATCH_FORMATS, SqueegeeAccount, Transfer, TransferBatch
from app.squeegee.queries.account import get_account
from app.squeegee.queries.choosing import MOST_IN_A_FILE, chosen
from app.squeegee.queries.first_dates import first_dates
from app.squeegee.queries.naming import named
from app.squeegee.queries.reading import agreed_with
from app.squeegee.services.batches.telling import tell_batch
from app.squeegee.services.states import TOPIC
from app.workspaces.queries import current_workspace


@dataclass(frozen=True, slots=True)
class Made:
    """The file, and how many of the leads that were asked for are not in it."""

    batch: TransferBatch
    left_out: int


def make_batch(lead_ids: Sequence[UUID], file_format: str, actor: Actor, *, proposes_dates: bool = False) -> Made:
    """Put leads into a file for Squeegee. From then on they are on their way, until each is confirmed or taken out.

    What the file holds is kept with each row, so that it is the same whenever it is downloaded. Leads that lack
    something, moved on or are in another file stay out. `proposes_dates` fills in a first date where none is known:
    the round's next day with room. Raises Invalid when nothing is left, or too many are named.
    """
    if file_format not in BATCH_FORMATS:
        raise Invalid({"format": "Choose CSV or Excel."})
    if not lead_ids:
        raise Invalid({"lead": "Tick the leads that go into the file."})
    if len(lead_ids) > MOST_IN_A_FILE:
        raise Invalid({"lead": f"Put at most {MOST_IN_A_FILE:,} leads into one file."})
    account, found = get_account(), chosen(lead_ids)
    if not found:
        raise Invalid({"lead": "None of these leads can go into a file any more: they moved on or lack something."})
    columns = columns_of(account)
    batch = TransferBatch(
        format=file_format, total=len(found), created_by=actor.user_id,
        columns=[{"title": column.title, "fact": column.fact} for column in columns],
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    _add_rows(batch, found, columns, account, actor, proposes_dates)
    tell_batch("batch.made", batch, actor, {"rows": batch.total, "format": file_format})
    return Made(batch, len(set(lead_ids)) - len(found))


def _add_rows(
    batch: TransferBatch,
    found: Sequence[tuple[Lead, LeadFacts]],
    columns: Sequence[Column],
    account: SqueegeeAccount,
    actor: Actor,
    proposes_dates: bool,
) -> None:
    agreed = agreements([lead.id for lead, _ in found])
    facts = named([agreed_with(each, agreed[each.id]) for _, each in found])
    days = _days(facts, agreed, proposes_dates)
    zone = current_workspace().clock().zone
    rows = []
    for position, each in enumerate(facts, 1):
        day = days.get(each.id)
        cells = file_row(replace(each, first_date=day), account, columns, zone)
        handed = [[column.title, cell] for column, cell in zip(columns, cells, strict=True)]
        rows.append(
            Transfer(
                lead_id=each.id, method="csv", state="pending", created_by=actor.user_id, batch_id=batch.id,
                batch_position=position, handed=json.dumps(handed, ensure_ascii=False), first_service_date=day,
                holds=Agreed.of(each, each.once).kept,
            )
        )  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    lines = [
        Entry(lead=lead, actor=actor, data=_line(batch, row), subject_id=row.id)
        for (lead, _), row in zip(found, rows, strict=True)
    ]
    record_entries(lines, "transfer", "transfer.started", topics=(TOPIC,))


def _line(batch: TransferBatch, row: Transfer) -> dict[str, str]:
    return {"transfer_id": str(row.id), "method": row.method, "batch_id": str(batch.id)}


def _days(leads: Sequence[LeadFacts], agreed: Mapping[UUID, Agreement], proposes: bool) -> dict[UUID, date]:
    known = {facts.id: facts.first_date for facts in leads if facts.first_date}
    asked = [facts for facts in leads if facts.id not in known] if proposes else []
    proposed = first_dates(asked, agreed) if asked else {}
    return known | {lead_id: proposal.day for lead_id, proposal in proposed.items()}
