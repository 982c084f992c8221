"""What stands where a newer version is out: the quote that was accepted, until another one is.

A yes stands no longer once a person has given the lead up, as when its customer cancels within the 14 days.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, SQLColumnExpression, Text, cast, exists, func, not_, or_, select
from sqlalchemy.orm import aliased, joinedload, lazyload

from app.activities.models import Activity
from app.core.models import fixed, one_among
from app.core.money import format_money
from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.leads.models import Lead, Stage, StageChange
from app.leads.words import often
from app.quotes.models import Quote, QuoteOption
from app.quotes.queries.reading import QuoteView, Rung, view_of
from app.workspaces.queries import today_here

#: Where people put a lead that they give up, and where those lie whose customer has said yes.
_LOST = ("declined", "lost_contact", "not_in_area")
WON = ("ready_for_squeegee", "transferred_to_squeegee", "booking_confirmed")


@dataclass(frozen=True, slots=True)
class NewerOffer:
    """What was accepted, and what was offered since and can still be answered: each in words with its number."""

    accepted: str
    accepted_number: str
    offered: str
    offered_number: str


def accepted_quote(lead_id: UUID) -> Quote | None:
    """The version that the lead's customer has accepted, until another one is; None while no yes stands."""
    rows = db.session.scalars(
        select(Quote)
        .where(
            Quote.workspace_id == current_workspace_id(), Quote.lead_id == lead_id, Quote.state == fixed("accepted"),
            not_(was_called_off()),
        )
        .order_by(Quote.version_no.desc())
        .limit(1)
        .options(joinedload(Quote.options), lazyload(Quote.lines))
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return rows.unique().first()


def accepted_besides(quote: Quote) -> QuoteView | None:
    """The accepted version of the same lead as staff see it, where it is another than this one."""
    found = None if quote.state == "accepted" else accepted_quote(quote.lead_id)
    return view_of(found, today_here()) if found else None


def yes_stands(quote_id: UUID) -> bool:
    """Whether a version that was accepted still is what was agreed, as far as its lead was not given up since."""
    query = select(was_called_off()).where(Quote.workspace_id == current_workspace_id(), Quote.id == quote_id)
    return not db.session.scalar(query)


def was_accepted_meanwhile(draft: Quote, accepted: Quote | QuoteView | None) -> bool:
    """Whether the customer accepted it after somebody had begun this draft, who may not know."""
    return accepted is not None and accepted.answered_at is not None and accepted.answered_at > draft.created_at


def newer_offer(quotes: Sequence[QuoteView]) -> NewerOffer | None:
    """What the versions of one lead come to, the newest first; None unless one is accepted and a newer one is out."""
    found = next((each for each in quotes if each.accepted), None)
    offer = _newer(quotes)
    return offer if found and offer and yes_stands(found.id) else None


def _newer(quotes: Sequence[QuoteView]) -> NewerOffer | None:
    accepted = next((each for each in quotes if each.accepted), None)
    offered = next((each for each in quotes if each.standing == "open" and not each.is_withdrawn), None)
    if accepted is None or accepted.accepted is None or offered is None:
        return None
    rung = next((each for each in offered.rungs if each.frequency == accepted.accepted.frequency), offered.rungs[0])
    more = len(offered.rungs) - 1
    others = f" or {'another rhythm' if more == 1 else f'{more} other rhythms'}" if more else ""
    return NewerOffer(
        rung_words(accepted.accepted, accepted.currency), accepted.number,
        f"{rung_words(rung, offered.currency)}{others}", offered.number,
    )  # fmt: skip


def has_open_offer(workspace_id: SQLColumnExpression[UUID], lead_id: SQLColumnExpression[UUID]) -> Exists:
    """For a statement about leads: whether a version is out that nobody has answered, which `newer_offers` looks at."""
    return exists().where(
        Quote.workspace_id == workspace_id, Quote.lead_id == lead_id, Quote.state == fixed("sent"),
        Quote.revoked_at.is_(None),
    )  # fmt: skip


def newer_offers(lead_ids: Collection[UUID]) -> dict[UUID, NewerOffer]:
    """The same for some leads, without those that have none. One statement."""
    rows = db.session.scalars(
        select(Quote)
        .where(
            Quote.workspace_id == current_workspace_id(), Quote.lead_id == one_among(lead_ids),
            or_(Quote.state == fixed("sent"), (Quote.state == fixed("accepted")) & not_(was_called_off())),
        )
        .order_by(Quote.version_no.desc())
        .options(joinedload(Quote.options), lazyload(Quote.lines))
    )  # fmt: skip
    of_lead: dict[UUID, list[QuoteView]] = {}
    for quote in rows.unique():
        of_lead.setdefault(quote.lead_id, []).append(view_of(quote, today_here()))
    found = {lead_id: _newer(quotes) for lead_id, quotes in of_lead.items()}
    return {lead_id: offer for lead_id, offer in found.items() if offer}


def offered_rung(quote: Quote, lead: Lead) -> QuoteOption:
    """The rung of the rhythm that the lead wants, else the first."""
    return next((option for option in quote.options if option.frequency == lead.frequency), quote.options[0])


def rung_words(rung: Rung | QuoteOption, currency: str) -> str:
    """Such as "£27 every 6 weeks"."""
    return f"{format_money(rung.price_minor, currency)} {often(rung.frequency)}"


def was_called_off() -> ColumnElement[bool]:
    """For a statement about accepted quotes: whether a person has given the lead up since. A move that was undone, or
    that went straight back to where the yes had brought the lead, was a slip.
    """
    lost, after = aliased(StageChange), aliased(StageChange)
    given_up, won = (
        select(Stage.id).where(Stage.workspace_id == lost.workspace_id, Stage.key.in_([fixed(key) for key in keys]))
        for keys in (_LOST, WON)
    )
    next_stage = (
        select(after.to_stage_id)
        .where(after.workspace_id == lost.workspace_id, after.lead_id == lost.lead_id, after.at > lost.at)
        .order_by(after.at)
        .limit(1)
        .scalar_subquery()
    )
    was_undone = exists().where(
        Activity.workspace_id == lost.workspace_id, Activity.lead_id == lost.lead_id, Activity.at > lost.at,
        Activity.kind == fixed("stage_changed"), Activity.data["undoes"].astext == cast(lost.id, Text),
    )  # fmt: skip
    return exists().where(
        lost.workspace_id == Quote.workspace_id, lost.lead_id == Quote.lead_id, lost.at > Quote.answered_at,
        lost.actor_kind == fixed("person"), lost.to_stage_id.in_(given_up),
        not_(func.coalesce(next_stage.in_(won), False)), not_(was_undone),
    )  # fmt: skip
