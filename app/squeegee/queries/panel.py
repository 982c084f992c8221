"""The lead's own panel: how far it is with Squeegee, and what can be done next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select

from app.core.models import fixed
from app.extensions import db
from app.leads.models import Lead, Stage
from app.quotes.queries.agreement import Agreement, agreement_of
from app.reconciliation.queries.possible import PossibleCustomer, possible_customers
from app.squeegee.mapping import Agreed, missing, missing_for_api
from app.squeegee.models import BookingNews, SqueegeeAccount, Transfer
from app.squeegee.queries.account import is_connected
from app.squeegee.queries.first_dates import Proposal, first_dates, quick_first_date
from app.squeegee.queries.news import Difference, difference_of
from app.squeegee.queries.reading import AFTER, READY, TAKEN, facts_of
from app.squeegee.words import reason_words, sentence_of, state_of

_NEWEST = (
    select(Transfer.id)
    .where(Transfer.workspace_id == bindparam("here"), Transfer.lead_id == bindparam("lead"))
    .order_by(Transfer.created_at.desc(), Transfer.id.desc())
    .limit(1)
    .scalar_subquery()
)
_DIFFERS = (
    select(BookingNews.id)
    .where(
        BookingNews.workspace_id == bindparam("here"), BookingNews.lead_id == bindparam("lead"),
        BookingNews.state == fixed("differs"),
    )
    .exists()
)  # fmt: skip
#: The lead's latest transfer if it has any, and whether news of its booking waits.
_LATEST = (
    select(Transfer, _DIFFERS)
    .select_from(Lead)
    .outerjoin(Transfer, and_(Transfer.workspace_id == Lead.workspace_id, Transfer.id == _NEWEST))
    .where(Lead.workspace_id == bindparam("here"), Lead.id == bindparam("lead"))
)
#: The same of a lead that is ready, and the workspace's account and what was agreed about the beginning.
_LATEST_OF_READY = (
    select(Transfer, _DIFFERS, SqueegeeAccount, *agreement_of(bindparam("here"), bindparam("lead")))
    .select_from(SqueegeeAccount)
    .outerjoin(Transfer, and_(Transfer.workspace_id == SqueegeeAccount.workspace_id, Transfer.id == _NEWEST))
    .where(SqueegeeAccount.workspace_id == bindparam("here"))
)


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel shows. `kind`: none (nothing to say yet), ready, on_its_way or there."""

    lead_id: UUID
    kind: str
    lacks: Mapping[str, str]
    is_connected: bool
    first: Proposal | None
    twins: Sequence[PossibleCustomer]
    transfer: Transfer | None
    booked_for: date | None
    customer_id: str | None = None
    #: Where Squeegee names another first clean.
    news: Difference | None = None
    #: What is agreed now, where the lead has come back from Squeegee for it; and what Squeegee holds, if that is known.
    agreed: Agreed | None = None
    held: Agreed | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all that can be said stands there; else it fetches itself once more."""
        return self.first is None or bool(self.first.why)

    @property
    def badge(self) -> tuple[str, str]:
        """How the latest transfer stands, in words, and the tone of its badge."""
        return state_of(self.transfer) if self.transfer else ("", "")

    @property
    def sentence(self) -> str:
        """What a transfer under way means."""
        return sentence_of(self.transfer) if self.transfer else ""

    @property
    def failure(self) -> str:
        """Why the latest transfer failed, where the lead waits again."""
        has_failed = self.kind == "ready" and self.transfer is not None and self.transfer.state == "failed"
        return reason_words(self.transfer.error) if has_failed and self.transfer else ""


def panel(
    lead: Lead, stage_key: str | None = None, *, was_handed_over: bool = True, looks_further: bool = True
) -> Panel:
    """The panel of a lead, by one statement, or none for one that is far from Squeegee and not `was_handed_over`. One
    more when the key of its stage is not given, one when news differs, and two for a lead that is ready, unless
    `looks_further` is off: days with room, and who it may be in Squeegee already. The drawer, which has much else to
    read, lets the panel fetch those by itself.
    """
    stage_key = stage_key or db.session.get_one(Stage, (lead.workspace_id, lead.stage_id)).key
    row: Sequence[Any] | None = None
    if was_handed_over or stage_key in (READY, *AFTER):
        latest = _LATEST_OF_READY if stage_key == READY else _LATEST
        row = db.session.execute(latest, {"here": lead.workspace_id, "lead": lead.id}).one_or_none()
    transfer, differs, *of_ready = row or (None, False)
    account, *parts = of_ready or (None,)
    agreement = Agreement.read(parts) if parts else Agreement()
    kind = _kind(stage_key, transfer)
    is_back = stage_key == READY and transfer is not None and transfer.state == "success"
    lacks: Mapping[str, str] = {}
    connected, first = False, None
    twins: Sequence[PossibleCustomer] = ()
    if kind == "ready" and account is not None:
        facts, connected = facts_of(lead, agreement), is_connected(account)
        lacks = missing_for_api(facts, account) if connected else missing(facts)
        if looks_further:
            first = first_dates([facts], {facts.id: agreement})[facts.id]
            twins = possible_customers([facts]).get(facts.id, ())
        else:
            first = quick_first_date(facts, agreement)
    return Panel(
        lead_id=lead.id, kind=kind, lacks=lacks, is_connected=connected, first=first, twins=twins, transfer=transfer,
        booked_for=lead.first_service_date, customer_id=lead.squeegee_customer_id,
        news=difference_of(lead.id) if differs else None, agreed=Agreed.of(lead, agreement.once) if is_back else None,
        held=Agreed.read(transfer.holds) if transfer is not None and is_back else None,
    )  # fmt: skip


def _kind(stage_key: str, transfer: Transfer | None) -> str:
    if stage_key in AFTER or (transfer is not None and transfer.state == "success"):
        return "there"
    if transfer is not None and transfer.state in TAKEN:
        return "on_its_way"
    return "ready" if stage_key == READY else "none"
