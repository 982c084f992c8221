"""What is kept, as the fields of the settings pages: the other way round than `typed`."""

from collections.abc import Callable, Mapping, Sequence

from app.core.numbers import whole_number
from app.leads.models import FREQUENCIES
from app.squeegee.mapping.account import Account
from app.squeegee.mapping.columns import DEFAULT_COLUMNS, columns_of
from app.squeegee.mapping.facts import SERVICE_CODES
from app.squeegee.mapping.patterns import DEFAULT_NOTES, DEFAULT_TAGS
from app.squeegee.mapping.rhythms import rhythm_of

Fields = dict[str, list[str]]


def shown_services(account: Account) -> Fields:
    """An id a service."""
    return {f"service_{code}": [account.service_ids.get(code, "")] for code in SERVICE_CODES}


def shown_frequencies(account: Account) -> Fields:
    """Kind and weeks of each frequency. (Whether quotes are made is a tick of its own.)"""
    found: Fields = {}
    for frequency in FREQUENCIES:
        rhythm = rhythm_of(frequency, account)
        found[f"kind_{frequency}"] = [rhythm.kind if rhythm else ""]
        found[f"weeks_{frequency}"] = [str(rhythm.interval) if rhythm and rhythm.interval else ""]
    return found


def shown_wording(account: Account) -> Fields:
    """Tags and notes, the usual ones while none are kept."""
    tags = DEFAULT_TAGS if account.tags is None else account.tags
    return {"tags": ["\n".join(tags)], "notes": [account.notes_template or DEFAULT_NOTES]}


def usual_wording() -> Fields:
    """The usual tags and notes."""
    return {"tags": ["\n".join(DEFAULT_TAGS)], "notes": [DEFAULT_NOTES]}


def shown_rounds(account: Account) -> Fields:
    """A row a round."""
    rounds = account.rounds or ()
    return {
        "round": [each["round"] for each in rounds],
        "districts": [", ".join(each["districts"]) for each in rounds],
    }


def shown_columns(account: Account) -> Fields:
    """A row a column."""
    return _rows([(column.title, column.fact) for column in columns_of(account)])


def usual_columns() -> Fields:
    """The usual columns."""
    return _rows([(column.title, column.fact) for column in DEFAULT_COLUMNS])


def _rows(pairs: Sequence[tuple[str, str]]) -> Fields:
    return {"title": [title for title, _ in pairs], "fact": [fact for _, fact in pairs]}


SHOWN: Mapping[str, Callable[[Account], Fields]] = {
    "services": shown_services, "frequencies": shown_frequencies, "wording": shown_wording, "rounds": shown_rounds,
    "file": shown_columns,
}  # fmt: skip
#: The two fields of a row, on pages that have rows.
ROWS = {"rounds": ("round", "districts"), "file": ("title", "fact")}


def rearranged(section: str, fields: Fields, act: str) -> Fields:
    """The fields of a page with rows after one of its small buttons: add, up:2, down:2, remove:2 (counted from 0)."""
    names = ROWS[section]
    rows = [list(pair) for pair in zip(*(fields.get(name, []) for name in names), strict=False)]
    verb, _, number = act.partition(":")
    at = whole_number(number, len(rows) - 1)
    if verb == "add":
        rows.append(["", ""])
    elif at is not None:
        row = rows.pop(at)
        if verb != "remove":
            rows.insert(max(0, at - 1) if verb == "up" else at + 1 if verb == "down" else at, row)
    return {**fields, **{name: [row[column] for row in rows] for column, name in enumerate(names)}}
