"""Which rungs of a lead's accepted offer Squeegee still gets a quote for."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from app.core.tenancy import current_workspace_id
from app.extensions import db
from app.quotes.models import Quote, QuoteOption
from app.squeegee.mapping import LeadFacts, rhythm_of
from app.squeegee.models import SqueegeeAccount, Transfer


def rungs_to_quote(account: SqueegeeAccount, transfer: Transfer, facts: LeadFacts) -> list[QuoteOption]:
    """The rungs, in the order of the offer, that are not the job's own, that Squeegee takes and has no quote for yet.

    Empty when the account wants none.
    """
    if not account.sends_quotes:
        return []
    quote = db.session.scalars(
        select(Quote)
        .where(
            Quote.workspace_id == current_workspace_id(), Quote.lead_id == transfer.lead_id, Quote.state == "accepted"
        )
        .order_by(Quote.version_no.desc())
        .limit(1)
        .options(joinedload(Quote.options), lazyload(Quote.lines))
    ).unique().first()  # fmt: skip
    if quote is None:
        return []
    done = {facts.frequency, *transfer.quote_ids}
    return [
        option
        for option in quote.options
        if option.frequency not in done and option.id != quote.accepted_option_id and _is_taken(account, option)
    ]


def _is_taken(account: SqueegeeAccount, option: QuoteOption) -> bool:
    rhythm = rhythm_of(option.frequency, account)
    return rhythm is not None and rhythm.kind != "none"
