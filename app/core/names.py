"""People's names as a greeting and as two letters."""

import re
from collections.abc import Iterable

from app.core.search_index import fold, name_words

_FORMS_OF_ADDRESS = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "sir", "lady", "lord", "dame"})
_TITLES = _FORMS_OF_ADDRESS | {"and", "&"}
#: What stands behind a comma without being a first name.
_SUFFIXES = frozenset({"ltd", "limited", "llp", "plc", "inc", "jr", "jnr", "sr", "snr", "esq", "mbe", "obe", "cbe"})
#: By these words nobody is told from anybody.
_SHARED = _TITLES | _SUFFIXES | {"the", "of", "de", "der", "van", "von"}
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_WORD = re.compile(r"[^\W_]+")
_EDGES = " .,;:()[]\"'“”‘’"


def initials(name: str | None) -> str:
    """Return one or two capitals for an avatar: "Alice Smith" gives "AS", "Mr & Mrs Jones" "J", nothing
    usable "?".
    """
    words = [word for word in _words(name) if word[0].isalnum()]
    chosen = [word for word in words if not _is_title(word)] or words
    if not chosen:
        return "?"
    letters = chosen[0][0] + (chosen[-1][0] if len(chosen) > 1 else "")
    return letters.upper()[:2]


def first_name(name: str | None) -> str:
    """Return what to call a person in a greeting: "Mrs Jane Smith" gives "Jane".

    Where no first name is known the whole name is safer: "Mr Jones", "Mr & Mrs Jones" and "J Smith" stay as
    they are. "SMITH, JANE" and "jane smith" give "Jane". An empty name gives "".
    """
    words = _words(name)
    plain = [word for word in words if not _is_title(word)]
    titled = len(plain) < len(words)
    if not plain or (titled and len(plain) == 1) or any(word.lower() in {"and", "&"} for word in words):
        return " ".join(words)
    if len(plain[0]) == 1 and len(plain) > 1:
        return " ".join(words)
    return _cased(plain[0])


def split_name(name: str | None) -> tuple[str, str, str]:
    """Title, first and last name, losing no word; one word alone, or what can't be told apart, is the last name.

    "Mrs Hannah Cole" gives ("Mrs", "Hannah", "Cole"), "Madonna" ("", "", "Madonna"), "Mr & Mrs Jones"
    ("Mr", "", "& Mrs Jones"). A comma says what the last name is: "Smith, Mrs Jane" gives ("Mrs", "Jane", "Smith"),
    "Smith, John and Mary" ("", "John and Mary", "Smith").
    """
    last, given = _turned_round(name)
    if last:
        before, own = _without_title(last.split())
        title, first = _without_title([word.strip(",") for word in given.split() if word.strip(",")], may_be_all=True)
        return " ".join(filter(None, (before, title))), " ".join(first), " ".join(own)
    title, words = _without_title([word.rstrip(",") for word in given.split() if word.strip(",")])
    if len(words) < 2 or "&" in words or "and" in words:
        return title, "", " ".join(words)
    length = 2 if len(words) > 2 and _bare(words[-1]) in _SUFFIXES else 1
    return title, " ".join(words[:-length]), " ".join(words[-length:])


def share_a_word(one: str, other: str) -> bool:
    """Whether two names have a word in common by which people are told apart, initials and accents aside: "J Pike" and
    "Pike, Jon", "O'Brien" and "O’Brien", but not "Mrs Pike" and "Mrs Fox".
    """
    shared = set(_telling(name_words(one))) & set(_telling(name_words(other)))
    return any(len(word) > 1 for word in shared) or fold(one) == fold(other)


def own_words(name: str) -> list[str]:
    """The same words in speaking order: "Pike-Fox, Mrs Ann" gives ["ann", "pike", "fox"]."""
    return _telling(_WORD.findall(fold(_APOSTROPHES.sub("", " ".join(_words(name))))))


def _telling(words: Iterable[str]) -> list[str]:
    found = list(words)
    return [word for word in found if word not in _SHARED] or found


def _without_title(words: list[str], *, may_be_all: bool = False) -> tuple[str, list[str]]:
    """A title in front and the other words. Where there `may_be_all` titles and nothing else, as after "Smith,", it may
    also stand at the end: "Smith, Jane (Mrs)".
    """
    if may_be_all and words and all(_bare(word) in _TITLES for word in words):
        return " ".join(words), []
    if len(words) > 1 and _bare(words[0]) in _FORMS_OF_ADDRESS:
        return words[0], words[1:]
    if may_be_all and len(words) > 1 and _bare(words[-1]) in _FORMS_OF_ADDRESS:
        return words[-1].strip(_EDGES), words[:-1]
    return "", words


def _turned_round(name: str | None) -> tuple[str, str]:
    """The last name and what stands behind its comma; "" and the whole name where there is no such comma."""
    last, _, given = (name or "").partition(",")
    if not last.strip() or all(_bare(word) in _SUFFIXES for word in given.split()):
        return "", name or ""
    return last, given


def _words(name: str | None) -> list[str]:
    """The words in speaking order: "Smith, Jane" is turned round."""
    last, given = _turned_round(name)
    return [bare for bare in (word.strip(_EDGES) for word in f"{given} {last}".split()) if bare]


def _bare(word: str) -> str:
    return word.strip(_EDGES).lower() or word


def _is_title(word: str) -> bool:
    return word.lower() in _TITLES


def _cased(word: str) -> str:
    if len(word) > 1 and (word.islower() or word.isupper()):
        return re.sub(r"[^\W_]+", lambda part: part[0].capitalize(), word)
    return word
