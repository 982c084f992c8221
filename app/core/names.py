"""People's names as a greeting and as two letters."""

import re

_FORMS_OF_ADDRESS = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "rev", "sir", "lady", "lord", "dame"})
_TITLES = _FORMS_OF_ADDRESS | {"and", "&"}
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
    ("Mr", "", "& Mrs Jones").
    """
    words = (name or "").split()
    title = words.pop(0) if len(words) > 1 and words[0].strip(".").lower() in _FORMS_OF_ADDRESS else ""
    if len(words) < 2 or "&" in words or "and" in words:
        return title, "", " ".join(words)
    return title, " ".join(words[:-1]), words[-1]


def _words(name: str | None) -> list[str]:
    """The words in speaking order: "Smith, Jane" is turned round."""
    last, comma, first = (name or "").partition(",")
    ordered = f"{first} {last}" if comma and first.strip() else (name or "")
    return [bare for bare in (word.strip(_EDGES) for word in ordered.split()) if bare]


def _is_title(word: str) -> bool:
    return word.lower() in _TITLES


def _cased(word: str) -> str:
    if len(word) > 1 and (word.islower() or word.isupper()):
        return re.sub(r"[^\W_]+", lambda part: part[0].capitalize(), word)
    return word
