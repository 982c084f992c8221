"""Search over encrypted data: keyed tokens that the database compares without knowing what they mean.

The tokens of a row lie in a child table with a b-tree. A search looks tokens up, then the caller decrypts
what was found and checks it again (`name_matches`, `phone_matches`, `postcode_matches`), so a chance
collision never shows.

What this leaks to someone who holds the database but not the index key:
- equality: two rows of one workspace with the same token share that email, phone ending, postcode or the
  beginning of a word of the name or the address;
- frequency: how often each token occurs, so common surnames stand out by their counts, the more so the
  larger the workspace; tokens are truncated to 8 bytes to keep rows small, which does not hide that;
- structure: the number of tokens of a name tells roughly how many words it has and how long they are, and
  the tokens that occur together narrow a guess further;
- access: which tokens are searched for, to someone who watches queries.
It does not leak across workspaces (each has an index key of its own, so equal values give different tokens),
nor across kinds (a subkey each). Someone who holds the index key as well can try all phone numbers or a list
of names: the key is the only protection of guessable values. It is separate from the data keys, so these
rotate without a reindex. Tokens are never logged.
"""

import hmac
import re
import unicodedata
from uuid import UUID

from app.core import postcodes
from app.core.crypto import derive_key

EXACT_BYTES = 16
TOKEN_BYTES = 8
SHORTEST_PREFIX = 2
#: Streets and towns: two letters of them would be shared by a tenth of all leads, and cost a row each.
SHORTEST_ADDRESS_PREFIX = 3
LONGEST_PREFIX = 6
MAX_NAME_TOKENS = 48
FEWEST_PHONE_DIGITS = 4
PHONE_KEY_DIGITS = 9

_EXACT_KINDS = frozenset({"name", "email", "phone", "postcode", "place", "lead_number", "sent_text", "import_row"})
_LABEL = b"sill/index/v1"
# Letters that Unicode does not take apart into a base letter and an accent.
_SPECIAL_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_WORD = re.compile(r"[^\W_]+")
# "BA5 2Q" on its way to "BA5 2QJ" is looked up by its sector.
_HALF_TYPED_UNIT = re.compile(r"\s*([A-Za-z0-9]{2,4}\s+\d)[A-Za-z]\s*")
_MAX_TEXT = 400


def fold(text: str) -> str:
    """Return `text` lower-cased and without accents, runs of blanks made one: what names are compared by."""
    if text.isascii():  # nearly every name; a search that allows for slips folds thousands
        return " ".join(text.casefold().split())
    spread = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return " ".join(bare.translate(_SPECIAL_LETTERS).split())


def name_matches(name: str, query: str) -> bool:
    """Tell whether every word of `query` begins some word of `name` (accents, case, apostrophes aside)."""
    wanted = _query_words(query)
    words = name_words(name)
    return bool(wanted) and all(any(word.startswith(part) for word in words) for part in wanted)


def phone_matches(phone: str, digits: str) -> bool:
    """Tell whether `phone` ends in `digits`; of nine digits and more only the last nine count, so 0 and +44
    agree.
    """
    wanted = _digits(digits)
    held = _digits(phone)
    if len(wanted) < FEWEST_PHONE_DIGITS:
        return False
    return len(held) >= min(len(wanted), PHONE_KEY_DIGITS) and held.endswith(wanted[-PHONE_KEY_DIGITS:])


def postcode_matches(postcode: str, query: str) -> bool:
    """Tell whether `query` (an outward code, a sector, a whole postcode or one being typed) covers
    `postcode`.
    """
    held = postcodes.parse_outward_or_full(postcode)
    level = _postcode_level(query)
    return held is not None and level is not None and level in _postcode_levels(held)


class SearchIndex:
    """Makes the tokens of one workspace. Safe to share between threads."""

    __slots__ = ("_base", "_subkeys", "workspace_id")

    def __init__(self, workspace_id: UUID, index_key: bytes) -> None:
        """`index_key` is the workspace's own 32 bytes. Raises ValueError for any other length."""
        if len(index_key) != 32:
            raise ValueError("An index key has 32 bytes.")
        self.workspace_id = workspace_id
        self._base = index_key
        self._subkeys: dict[str, bytes] = {}

    def exact(self, kind: str, value: str) -> bytes:
        """Return the 16-byte token of a whole value already in its normal form (E.164, lower-case address,
        "BA5 2QJ").

        `kind` is one of _EXACT_KINDS; names are folded
        here. Raises ValueError for another kind, so that a misspelling cannot make an index that nothing finds.
        """
        if kind not in _EXACT_KINDS:
            raise ValueError("Not a kind of exact index.")
        normal = fold(value) if kind == "name" else value
        return self._token("exact/" + kind, normal, EXACT_BYTES)

    def name_tokens(self, name: str) -> set[bytes]:
        """Return the tokens to store for a name: the beginnings of 2 to 6 letters of each word, and longer
        words whole.

        At most 48, filled word by word, so very long names are found by their first words (about eight).
        """
        return self._beginnings("words", name, SHORTEST_PREFIX)

    def address_tokens(self, *lines: str | None) -> set[bytes]:
        """Return the tokens to store for the lines of an address: as for names, from three letters on."""
        return self._beginnings("address", " ".join(filter(None, lines)), SHORTEST_ADDRESS_PREFIX)

    def query_tokens(self, text: str) -> list[bytes]:
        """Return one token per typed word: its longest beginning that is stored. Words of one letter give
        none.

        A name can only match if its row has all of them; an empty list means there is nothing to look up yet.
        """
        usable = (word[:LONGEST_PREFIX] for word in _query_words(text) if len(word) >= SHORTEST_PREFIX)
        return [self._token("words", part) for part in dict.fromkeys(usable)]

    def typed_tokens(self, text: str) -> list[tuple[bytes, bytes | None]]:
        """Return for each typed word of two letters and more, the longest first, its token among names and the one
        among addresses.

        Words of two letters have none there: beside a longer one they go by that one's ("St Andrew's Close" is looked
        up by its other words), alone by None.
        """
        words = {
            word[:LONGEST_PREFIX]
            for word in _query_words(text)
            if len(word) >= (SHORTEST_PREFIX if word.isalpha() else SHORTEST_ADDRESS_PREFIX)
        }
        ordered = sorted(words, key=lambda word: (-len(word), word))
        places = [self._token("address", word) for word in ordered if len(word) >= SHORTEST_ADDRESS_PREFIX]
        return [
            (self._token("words", word), places[place] if place < len(places) else places[0] if places else None)
            for place, word in enumerate(ordered)
        ]

    def word_tokens(self, text: str) -> list[bytes]:
        """Return one token per whole word, for finding the same surname when looking for duplicates."""
        whole = (word for word in _query_words(text) if len(word) >= SHORTEST_PREFIX)
        return [self._token("words", word) for word in dict.fromkeys(whole)]

    def phone_tokens(self, phone: str) -> set[bytes]:
        """Return the tokens to store for a number (E.164 or as typed): its last nine and its last four to
        eight digits.
        """
        digits = _digits(phone)
        longest = min(len(digits), PHONE_KEY_DIGITS)
        return {self._token("phone", digits[-size:]) for size in range(FEWEST_PHONE_DIGITS, longest + 1)}

    def phone_query_token(self, text: str) -> bytes | None:
        """Return the token that finds numbers ending in the typed digits, or None below four digits."""
        digits = _digits(text)
        if len(digits) < FEWEST_PHONE_DIGITS:
            return None
        return self._token("phone", digits[-PHONE_KEY_DIGITS:])

    def postcode_tokens(self, postcode: "str | postcodes.Postcode") -> set[bytes]:
        """Return the tokens to store for a postcode: outward code, sector and the whole, as far as it goes;
        else none.
        """
        held = postcodes.parse_outward_or_full(postcode) if isinstance(postcode, str) else postcode
        if held is None:
            return set()
        return {self._token("postcode", level) for level in _postcode_levels(held)}

    def postcode_query_token(self, text: str) -> bytes | None:
        """Return the token of a typed postcode at its level ("BA5", "BA5 2", "BA5 2QJ"), or None."""
        level = _postcode_level(text)
        return None if level is None else self._token("postcode", level)

    def _beginnings(self, purpose: str, text: str, shortest: int) -> set[bytes]:
        texts: dict[str, None] = {}
        for word in name_words(text):
            for length in range(shortest, min(len(word), LONGEST_PREFIX) + 1):
                texts.setdefault(word[:length])
            if len(word) > LONGEST_PREFIX:
                texts.setdefault(word)
        return {self._token(purpose, part) for part in list(texts)[:MAX_NAME_TOKENS]}

    def _token(self, purpose: str, text: str, size: int = TOKEN_BYTES) -> bytes:
        subkey = self._subkeys.get(purpose)
        if subkey is None:
            info = _LABEL, self.workspace_id.bytes, purpose.encode()
            subkey = self._subkeys[purpose] = derive_key(self._base, *info)
        return hmac.digest(subkey, text.encode("utf-8", "replace"), "sha256")[:size]


def _query_words(text: str) -> list[str]:
    """The words of a typed query; an apostrophe joins ("O'Brien" is obrien), anything else that is no letter
    parts.
    """
    return _WORD.findall(fold(_APOSTROPHES.sub("", text[:_MAX_TEXT])))


def name_words(name: str) -> list[str]:
    """The words a name is found by: joined at apostrophes first, and parted there as well, for "O Brien"."""
    parted = _WORD.findall(fold(_APOSTROPHES.sub(" ", name[:_MAX_TEXT])))
    return list(dict.fromkeys(_query_words(name) + parted))


def _digits(text: str) -> str:
    return "".join(letter for letter in text[:_MAX_TEXT] if letter in "0123456789")


def _postcode_levels(postcode: postcodes.Postcode) -> list[str]:
    return [level for level in (postcode.district, postcode.sector, postcode.unit) if level]


def _postcode_level(query: str) -> str | None:
    half_typed = _HALF_TYPED_UNIT.fullmatch(query)
    held = postcodes.parse_outward_or_full(half_typed[1] if half_typed else query)
    return None if held is None else _postcode_levels(held)[-1]
