"""What an act with a lead is called: words that a person wrote are sealed, as words about a customer are.

They are bound to the lead and not to the act, so that a lead shows those of its next act as they stand: many leads get
their next act by one statement.
"""

from uuid import UUID

from app.core.keyring import cipher

#: The place such words are sealed for, wherever they stand.
ACT_WORDS_BOUND_TO = ("leads", "next_words_sealed")


def seal_act_words(words: str | None, lead_id: UUID) -> bytes | None:
    """What a person calls an act with this lead, sealed; None when they call it nothing."""
    return cipher().seal(words or None, *ACT_WORDS_BOUND_TO, lead_id)


def open_act_words(sealed: bytes | None, lead_id: UUID) -> str | None:
    """What a person calls an act with this lead. Raises CipherError for words about another."""
    return cipher().open(sealed, *ACT_WORDS_BOUND_TO, lead_id)


def act_name(title: str | None, sealed: bytes | None, lead_id: UUID) -> str | None:
    """The name of an act: a person's words if they gave it any, else its title; None where there is no act."""
    return title if sealed is None else open_act_words(sealed, lead_id)
