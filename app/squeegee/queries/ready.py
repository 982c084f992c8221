"""The queue: leads that said yes, and whether Squeegee could take them as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, Select, select, tuple_

from app.contacts.models import Contact, Property
from app.core.cursors import make_cursor, read_cursor
from app.core.errors import NotFound
from app.core.keyring import cipher
from app.core.models import fixed
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage
from app.leads.queries.stages import known_stages
from app.quotes.queries import NewerOffer, has_open_offer, newer_offers
from app.quotes.queries.agreement import Agreement, agreement_of
from app.reconciliation.queries.possible import PossibleCustomer, possible_customers
from app.squeegee.mapping import Agreed, LeadFacts, missing, missing_for_api
from app.squeegee.models import SqueegeeAccount, Transfer
from app.squeegee.queries.account import get_account, is_connected
from app.squeegee.queries.checks import Check, checks
from app.squeegee.queries.first_dates import Proposal, first_dates
from app.squeegee.queries.reading import READY, TAKEN, agreed_with

#: Leads on one page of the queue; each shows seven things.
PAGE = 20
_LISTED = "squeegee:ready"
#: Which columns of a row are those of its agreement.
_AGREED = slice(7, 11)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A lead that waits to be handed over. `lacks` holds for every way, `lacks_for_api` for the API alone.

    `transfer_id`, `state` and `batch_id` are those of the transfer that it is on its way with, if there is one; `since`
    is when that began. `held`: what Squeegee holds by it, None where nobody knows; `agreed`: what is agreed now.
    `newer`: what was offered since, and is not answered.
    """

    id: UUID
    number: str
    name: str
    annual_minor: int
    agreed: Agreed
    checks: tuple[Check, ...]
    lacks: Mapping[str, str]
    lacks_for_api: Mapping[str, str]
    first: Proposal
    twins: tuple[PossibleCustomer, ...]
    transfer_id: UUID | None
    state: str | None
    batch_id: UUID | None
    since: datetime | None
    held: Agreed | None = None
    newer: NewerOffer | None = None

    noun = "ready"

    @property
    def waits(self) -> bool:
        """Whether nothing of it is on its way yet."""
        return self.state is None

    @property
    def is_there(self) -> bool:
        """Whether Squeegee has it already: nothing is handed over, at most something is changed there."""
        return self.state == "success"


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of all that wait, newest first. `is_connected`: the API can be used. `after`: cursor of the next page."""

    candidates: list[Candidate]
    stage_id: UUID | None
    is_connected: bool
    after: str | None
    is_first: bool

    @property
    def coming(self) -> list[Candidate]:
        """Those that are to be handed over, or are on their way."""
        return [each for each in self.candidates if not each.is_there]

    @property
    def there(self) -> list[Candidate]:
        """Those that Squeegee has, where something else was agreed since."""
        return [each for each in self.candidates if each.is_there]

    @property
    def complete(self) -> list[Candidate]:
        """Those that could go into a file now."""
        return [each for each in self.candidates if not each.lacks and each.waits]

    @property
    def sendable(self) -> list[Candidate]:
        """Those that could be handed over by themselves now, and are most likely not in Squeegee yet."""
        ready = [each for each in self.complete if self.is_connected and not each.lacks_for_api]
        return [each for each in ready if not each.twins]


def queue(cursor: str | None = None) -> Queue:
    """A page of the queue of the workspace in scope, as far as its viewer sees the leads."""
    account = get_account()
    query = _with_transfer(_ready()).limit(PAGE + 1)
    after = read_cursor(cursor, _LISTED)
    if after:
        query = query.where(tuple_(Lead.rank, Lead.id) > tuple_(*after))
    rows = db.session.execute(query).all()
    more = len(rows) > PAGE
    last = rows[PAGE - 1].Lead if more else None
    return Queue(
        candidates=_candidates(rows[:PAGE], account),
        stage_id=next((stage.id for stage in known_stages() if stage.key == READY), None),
        is_connected=is_connected(account),
        after=make_cursor([last.rank, last.id], _LISTED) if last else None,
        is_first=not after,
    )


def candidate(lead_id: UUID) -> tuple[Candidate, bool]:
    """One lead of the queue, and whether the API can be used. Raises NotFound when it does not wait (any more)."""
    account = get_account()
    rows = db.session.execute(_with_transfer(_ready()).where(Lead.id == lead_id)).all()
    if not rows:
        raise NotFound
    return _candidates(rows, account)[0], is_connected(account)


def next_to_copy(lead: Lead) -> tuple[Lead, str] | None:
    """The lead of the queue that follows this one and waits for its copy sheet, with its name; from the beginning
    again after the last one. None when no other waits.
    """
    waiting = _ready().where(Transfer.id.is_(None), Lead.id != lead.id).limit(1)
    row = db.session.execute(waiting.where(tuple_(Lead.rank, Lead.id) > tuple_(lead.rank, lead.id))).first()
    row = row or db.session.execute(waiting).first()
    return (row.Lead, row.Contact.name) if row else None


def _ready() -> Select:
    here = current_workspace_id()
    return (
        select(Lead, Contact, Property)
        .join(Stage, (Stage.workspace_id == Lead.workspace_id) & (Stage.id == Lead.stage_id))
        .join(Contact, (Contact.workspace_id == Lead.workspace_id) & (Contact.id == Lead.contact_id))
        .join(Property, (Property.workspace_id == Lead.workspace_id) & (Property.id == Lead.property_id))
        .outerjoin(
            Transfer,
            (Transfer.workspace_id == Lead.workspace_id) & (Transfer.lead_id == Lead.id) & Transfer.state.in_(TAKEN),
        )
        .where(Lead.workspace_id == here, Lead.shelf == fixed("desk"), Stage.key == READY)
        .order_by(Lead.rank, Lead.id)
    )


def _with_transfer(query: Select) -> Select:
    agreed = agreement_of(Lead.workspace_id, Lead.id)
    return query.add_columns(
        Transfer.id, Transfer.state, Transfer.batch_id, Transfer.created_at, *agreed, Transfer.holds_sealed,
        has_open_offer(Lead.workspace_id, Lead.id).label("is_offered"),
    )  # fmt: skip


def _candidates(rows: list[Row], account: SqueegeeAccount) -> list[Candidate]:
    """The rows opened, by two statements: days with room, and customers of the last export that they might be. One more
    where something was offered since.
    """
    agreed = {row[0].id: Agreement.read(row[_AGREED]) for row in rows}
    leads = [agreed_with(LeadFacts.of(row[0], row[1], row[2]), agreed[row[0].id]) for row in rows]
    days = first_dates(leads, agreed)
    offered = [row[0].id for row in rows if row.is_offered]
    twins, newer = possible_customers(leads), newer_offers(offered) if offered else {}
    return [
        _candidate(facts, row, account, days[facts.id], tuple(twins.get(facts.id, ())), newer.get(facts.id))
        for facts, row in zip(leads, rows, strict=True)
    ]


def _candidate(
    facts: LeadFacts, row: Row, account: SqueegeeAccount, first: Proposal, twins: tuple[PossibleCustomer, ...],
    newer: NewerOffer | None,
) -> Candidate:  # fmt: skip
    lacks, lacks_for_api = missing(facts), missing_for_api(facts, account)
    transfer_id, state, batch_id, since = row[3:7]
    held = cipher().open(row.holds_sealed, "transfers", "holds_sealed", transfer_id) if row.holds_sealed else None
    return Candidate(
        id=facts.id, number=facts.number, name=facts.name, annual_minor=row[0].annual_minor,
        agreed=Agreed.of(facts, facts.once), checks=checks(facts, lacks, lacks_for_api), lacks=lacks,
        lacks_for_api=lacks_for_api, first=first, twins=twins, transfer_id=transfer_id, state=state, batch_id=batch_id,
        since=since, held=Agreed.read(held), newer=newer,
    )  # fmt: skip
