"""Which rungs of a lead's accepted offer Squeegee still gets a quote for."""

from app.quotes.models import QuoteOption
from app.quotes.queries import accepted_quote
from app.squeegee.mapping import LeadFacts, rhythm_of
from app.squeegee.models import SqueegeeAccount, Transfer


def rungs_to_quote(account: SqueegeeAccount, transfer: Transfer, facts: LeadFacts) -> list[QuoteOption]:
    """The rungs, in the order of the offer, that are not the job's own, that Squeegee takes and has no quote for yet.

    Empty when the account wants none.
    """
    if not account.sends_quotes:
        return []
    quote = accepted_quote(transfer.lead_id)
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
