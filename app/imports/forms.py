"""Reading what was typed into the pages of an import."""

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.errors import Invalid
from app.core.ids import parse_id
from app.core.numbers import read_version
from app.core.search_index import fold
from app.imports.queries import FIELDS

_BY_LABEL = {field.label.casefold(): field.key for field in FIELDS}
_LONGEST_TAG = 200


def read_seen(typed: Mapping[str, str]) -> int:
    """The version that the form showed; one that can't be read counts as one that nobody has seen."""
    return read_version(typed.get("seen"))


def read_mapping(typed: Mapping[str, str], header: Sequence[str]) -> dict[str, str]:
    """What each column holds: its position (as text) to the key of a field; columns that are left out are not named.

    Raises Invalid for a word that is no field, by `column-<position>`.
    """
    mapping, errors = {}, {}
    for position in range(len(header)):
        word = typed.get(f"column-{position}", "").strip()
        if not word:
            continue
        key = _BY_LABEL.get(word.casefold())
        if key is None:
            errors[f"column-{position}"] = "Choose one from the list, or leave it empty."
        else:
            mapping[str(position)] = key
    if errors:
        raise Invalid(errors)
    return mapping


def read_options(typed: MultiDict[str, str], words: Sequence[str], before: Mapping[str, Any]) -> dict[str, Any]:
    """What holds for all rows; what stands in `before` and not in the form stays. `words` are the file's for stages:
    one for which none was chosen is kept with "", so that none is guessed at either.
    """
    chosen = {word: _id(typed, f"word-{number}") for number, word in enumerate(words)}
    stages = {word: stage for word, stage in before.get("stages", {}).items() if fold(word) not in map(fold, words)}
    told: dict[str, Any] = {name: _id(typed, name) for name in ("source_id", "owner_id", "stage_id") if name in typed}
    if "tag" in typed:
        told["tag"] = " ".join(typed["tag"].split())[:_LONGEST_TAG]
    if "duplicates" in typed:
        told["duplicates"] = "skip" if typed["duplicates"] == "skip" else "join"
    told["begin_sequences"] = typed.get("begin_sequences") == "1"  # a box that is not ticked is not sent
    told["stages"] = {**stages, **{word: stage or "" for word, stage in chosen.items()}}
    return {**before, **told}


def _id(typed: Mapping[str, str], name: str) -> str | None:
    """An id as the options keep it."""
    found = parse_id(typed.get(name, ""))
    return str(found) if found else None
