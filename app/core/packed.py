"""Rows of a sheet that stand closed hold what is in their fields in one hidden field, `packed_<key>`.

A page of many rows stays small that way: the fields of a row are fetched when it is opened, and until then what they
hold is sent along as it came.
"""

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

PREFIX = "packed_"
#: As many values as one row may hold.
_MOST = 100


def pack(values: Iterable[tuple[str, str]]) -> str:
    """What a closed row holds, as the value of its hidden field: names without the row's key, blank values left out."""
    return urlencode([(name, value) for name, value in values if value])


def packed_keys(form: "MultiDict[str, str]") -> set[str]:
    """The keys of the rows that were sent closed."""
    return {name.removeprefix(PREFIX) for name in form if name.startswith(PREFIX)}


def unpacked(form: "MultiDict[str, str]") -> "MultiDict[str, str]":
    """The form as if every row had been sent with its fields itself.

    A field that was sent counts before what is packed. What can't be read is as if it were empty.
    """
    found = form.copy()
    for key in packed_keys(form):
        try:
            values = parse_qsl(form[PREFIX + key], max_num_fields=_MOST)
        except ValueError:
            continue
        for name, value in values:
            if f"{name}_{key}" not in form:
                found.add(f"{name}_{key}", value)
    return found
