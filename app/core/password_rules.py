"""Which passwords are refused: too short, widely used, or built from what anybody would try first.

No rule asks for capitals, digits or signs (ASVS 6.2.5). Instead everything guessable is taken out of the
password (common words and their usual disguises, runs along the alphabet or keyboard, repetitions, the
person's own name, the product's and the trade's words) and what is left must still be something.

`data/common_passwords.txt` was compiled for this project by hand; it is not taken from any breach. Its short
entries are words found inside passwords, the long ones are whole passwords. One per line, lower case, letters
and digits only.
"""

import re
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path

SHORTEST = 12
LONGEST = 256

_COMMON_FILE = Path(__file__).parent / "data" / "common_passwords.txt"
_FEWEST_DIFFERENT = 5
_FEWEST_OF_ONES_OWN = 4
_SHORTEST_WORD = 4
_SHORTEST_RUN = 4
_PRODUCT_WORDS = (
    "windowcleaning",
    "windowcleaner",
    "windowclean",
    "squeegee",
    "window",
    "cleaner",
    "cleaning",
    "sill",
)
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    '!"£$%^&*()_+',
    "!@#$%^&*()_+",
)
_NEIGHBOURS = frozenset(pair for row in _ROWS for way in (row, row[::-1]) for pair in pairwise(way))
# Digits and signs that commonly stand in for letters.
_UNDISGUISE = str.maketrans("@4301!|57$8", "aaeoiiistsb")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_NOT_WORDLIKE = re.compile(r"[\W_]+")

_TOO_COMMON = "This is among the first passwords an attacker tries. Three or four unrelated words work well."
_COMMON_WORDS = "Its words are among the first that an attacker tries. Put in one that nobody would expect."
_TOO_PLAIN = "This repeats too few characters. Three or four unrelated words work well."
_PERSONAL = "Leave your own name and email address out of it."


def password_faults(password: str, email: str = "", name: str = "") -> list[str]:
    """Return what is wrong with a new password as sentences for the person choosing it; empty if it will do.

    `email` and `name` are that person's own. No sentence repeats the password.
    """
    if len(password) < SHORTEST:
        return [f"Use at least {SHORTEST} characters."]
    if len(password) > LONGEST:
        return [f"Use at most {LONGEST} characters."]
    if any("\ud800" <= letter <= "\udfff" for letter in password):
        return ["It holds characters that cannot be stored."]
    folded = unicodedata.normalize("NFKC", password).casefold()
    faults = []
    if len(set(folded)) < _FEWEST_DIFFERENT or _is_repetition(folded):
        faults.append(_TOO_PLAIN)
    elif fault := _guessable(folded):
        faults.append(fault)
    if _is_personal(folded, email.casefold(), name.casefold()):
        faults.append(_PERSONAL)
    return faults


def _is_repetition(text: str) -> bool:
    """True for a unit of up to a third of the text, over and over: "abc1abc1abc1"."""
    return any(
        text == (text[:size] * (len(text) // size + 1))[: len(text)] for size in range(1, len(text) // 3 + 1)
    )


def _guessable(folded: str) -> str:
    """What makes it easily guessed, as a sentence; empty if nothing does."""
    whole, inside = _common()
    plain = _NOT_WORDLIKE.sub("", folded)
    undisguised = _NOT_WORDLIKE.sub("", folded.translate(_UNDISGUISE))
    if plain in whole or undisguised in whole or folded[::-1] in whole:
        return _TOO_COMMON
    without_runs = _without_runs(folded)
    if len(without_runs) < _FEWEST_OF_ONES_OWN:
        return _TOO_COMMON
    forms = without_runs, folded.translate(_UNDISGUISE), folded, folded[::-1]
    return _COMMON_WORDS if any(_only_common_words(form, inside) for form in forms) else ""


def _only_common_words(text: str, words: tuple[str, ...]) -> bool:
    """True if common words are in it and hardly any letters beside them; digits and signs around them do not
    help.
    """
    letters = rest = _NOT_LETTERS.sub("", text)
    for word in words:
        rest = rest.replace(word, " ")
    return rest != letters and len(rest.replace(" ", "")) < _FEWEST_OF_ONES_OWN


def _without_runs(text: str) -> str:
    """Take out runs of four and more neighbours on keyboard or alphabet, or of one character."""
    kept, run = "", text[:1]
    for before, letter in pairwise(text):
        if before == letter or (before, letter) in _NEIGHBOURS:
            run += letter
        else:
            kept += run if len(run) < _SHORTEST_RUN else ""
            run = letter
    return kept + (run if len(run) < _SHORTEST_RUN else "")


def _is_personal(folded: str, email: str, name: str) -> bool:
    """True if the part before the @ is in it, or it is little more than the person's names and the address's
    domain.
    """
    local, _, host = email.partition("@")
    if len(local) >= _SHORTEST_WORD and local in folded:
        return True
    own = [word for word in re.split(r"[\W_]+", f"{name} {local} {host}") if len(word) >= _SHORTEST_WORD]
    return _only_common_words(folded, tuple(sorted(own, key=len, reverse=True)))


@cache
def _common() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return (whole passwords, words to look for inside, longest first)."""
    lines = _COMMON_FILE.read_text(encoding="utf-8").splitlines()
    entries = {line.strip() for line in lines if line.strip() and not line.startswith("#")} | set(
        _PRODUCT_WORDS
    )
    inside = sorted(
        (entry for entry in entries if _SHORTEST_WORD <= len(entry) < SHORTEST and entry.isalpha()), key=len
    )
    return frozenset(entries), (
        *reversed(inside),
        *(word for word in _PRODUCT_WORDS if len(word) >= SHORTEST),
    )
