"""The blind keys by which a row finds who and what is known already."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.contacts.models import place_key
from app.core.keyring import search_index
from app.core.names import own_words
from app.imports.services.beginning import row_key
from app.imports.services.rows import RowFacts


@dataclass(frozen=True, slots=True)
class Keys:
    """Blind indexes of a row: None where it says nothing of the kind."""

    email: bytes | None
    phone: bytes | None
    place: bytes | None
    reference: bytes | None
    row: bytes

    @property
    def shared(self) -> Iterable[bytes]:
        """Those that an enquiry coming in at the same moment may have too."""
        return (key for key in (self.email, self.phone, self.place) if key)


def keys_of(facts: RowFacts, cells: list[str]) -> Keys:
    """The keys of a row, made as contacts.services.join makes those of an enquiry."""
    index = search_index()
    return Keys(
        email=index.exact("email", facts.email) if facts.email else None,
        phone=index.exact("phone", facts.phone.match_key) if facts.phone else None,
        place=place_key(facts.line1, facts.postcode, facts.line2),
        reference=index.exact("lead_number", facts.reference.upper()) if facts.reference else None,
        row=row_key(cells),
    )


def same_householder(known: str, given: str) -> bool:
    """Whether two names at one house are one person: same last name, and first names that do not differ."""
    one, other = own_words(known), own_words(given)
    if not one or not other or one[-1] != other[-1]:
        return False
    firsts = one[0] if len(one) > 1 else "", other[0] if len(other) > 1 else ""
    short = min(len(first) for first in firsts)
    return firsts[0][:short] == firsts[1][:short]
