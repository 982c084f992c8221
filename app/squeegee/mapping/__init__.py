"""From a lead to what Squeegee takes. This page lists what there is.

Everything is a pure function of a lead's facts and the account, so that queue, preview, sheet, file and API say the
same.
"""

from app.squeegee.mapping.account import Account, Draft
from app.squeegee.mapping.agreed import Agreed
from app.squeegee.mapping.areas import overlaps, read_places
from app.squeegee.mapping.cards import Rung, customer_card, job_card, quote_card
from app.squeegee.mapping.columns import DEFAULT_COLUMNS, FILE_FACTS, Column, FileFact, columns_of, file_row
from app.squeegee.mapping.facts import SERVICE_CODES, LeadFacts, code_of
from app.squeegee.mapping.needs import NEEDS, missing, missing_for_api
from app.squeegee.mapping.once import Once, of_every_visit, once_words
from app.squeegee.mapping.patterns import (
    DEFAULT_NOTES,
    DEFAULT_TAGS,
    LONGEST_TAG,
    VARIABLES,
    Variable,
    notes_of,
    tags_of,
    unknown_in,
    uses,
)
from app.squeegee.mapping.rhythms import KINDS, MOST_WEEKS, Rhythm, rhythm_of, usual_rhythm
from app.squeegee.mapping.rounds import round_of

__all__ = [
    "DEFAULT_COLUMNS", "DEFAULT_NOTES", "DEFAULT_TAGS", "FILE_FACTS", "KINDS", "LONGEST_TAG", "MOST_WEEKS", "NEEDS",
    "SERVICE_CODES", "VARIABLES", "Account", "Agreed", "Column", "Draft", "FileFact", "LeadFacts", "Once", "Rhythm",
    "Rung", "Variable", "code_of", "columns_of", "customer_card", "file_row", "job_card", "missing", "missing_for_api",
    "notes_of", "of_every_visit", "once_words", "overlaps", "quote_card", "read_places", "rhythm_of", "round_of",
    "tags_of", "unknown_in", "uses", "usual_rhythm",
]  # fmt: skip
