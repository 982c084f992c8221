"""What advertising looks like in a form for window cleaning. Pure text, no judgement about who may write what."""

import re
import unicodedata

from app.core.keyring import search_index
from app.lead_forms.services.typed import Typed

_LINK = re.compile(r"https?://|www\.|\[url|<a\s", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
#: Facts that nobody advertises in, or that are read by machines and would be refused.
_FACTS = frozenset({"postcode", "phone", "email", "property_type", "bedrooms", "service", "frequency"})
_SHORT_TEXTS = ("name", "address_line1", "town")
#: Texts shorter than this say the same by chance ("please ring after five").
_SHORTEST_REPEAT = 25
#: Letters; a word or a name in another alphabet is nothing to doubt.
_SHORTEST_FOREIGN = 12
_LOOKALIKES = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
_NOT_LETTERS = re.compile(r"[\W\d_]+")


def free_text(typed: Typed) -> str:
    """Everything that was written in own words, apart from name and address."""
    return "\n".join(
        text for name, text in sorted(typed.texts.items()) if text and name not in _FACTS and name not in _SHORT_TEXTS
    )


def short_text(typed: Typed) -> str:
    """Name and address."""
    return "\n".join(typed[name] for name in _SHORT_TEXTS)


def links(text: str) -> int:
    """How many web addresses stand in a text."""
    return len(_LINK.findall(text))


def has_mixed_word(text: str) -> bool:
    """Whether Latin letters and ones that look like them stand in one word ("Сheap" with a Russian С): it hides words
    from filters, and no one types it by hand.
    """
    return any({"LATIN"} < scripts and scripts & _LOOKALIKES for scripts in map(_scripts, _WORD.findall(text)))


def is_mostly_foreign(text: str) -> bool:
    """Whether most letters of a line are in none of the alphabets of Britain's languages."""
    return any(_is_foreign([character for character in line if character.isalpha()]) for line in text.splitlines())


def fingerprint(typed: Typed) -> bytes | None:
    """A keyed hash of what was written, digits, case and punctuation aside: equal for a text that comes again. None
    for too little text. It tells nothing to who lacks the workspace's index key.
    """
    normal = _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", free_text(typed)).casefold())
    return search_index().exact("sent_text", normal) if len(normal) >= _SHORTEST_REPEAT else None


def _is_foreign(letters: list[str]) -> bool:
    foreign = sum(1 for letter in letters if _script(letter) != "LATIN")
    return len(letters) >= _SHORTEST_FOREIGN and foreign * 2 > len(letters)


def _scripts(word: str) -> set[str]:
    return {_script(character) for character in word}


def _script(character: str) -> str:
    """The first word of a letter's Unicode name is its script: "CYRILLIC SMALL LETTER A"."""
    return unicodedata.name(character, "LATIN").partition(" ")[0]
