"""Guessing what the columns of a file are, by their titles and then by what is in them."""

import re
from collections.abc import Iterator, Sequence

from app.core import email_addresses, phones, postcodes
from app.imports.queries.fields import FIELDS, SEVERAL

#: Titles that only one program writes.
_SQUEEGEE = frozenset({"cust ref", "first name", "last name", "address line 1"})
_NOTION = frozenset({"squeegee status"})
_WORD = re.compile(r"[a-z0-9]+")
#: So many of a hundred filled cells must look the part before a column without a telling title is taken for it.
_MOST_OF = 0.8
#: Where Squeegee's own words mean something else than elsewhere.
_IN_SQUEEGEE = {"cust ref": "squeegee_ref", "address line 1": "address", "added": "created_at"}

#: Single words that mean the same at the end of a longer title; "date" and "number" do not.
_TELLING = frozenset(
    {"email", "phone", "telephone", "mobile", "address", "postcode", "town", "bedrooms", "frequency", "price", "source",
     "surname", "services"}
)  # fmt: skip
_ENDS = sorted(
    ((each, field.key) for field in FIELDS for each in field.titles if " " in each or each in _TELLING),
    key=lambda pair: -len(pair[0]),
)


def suggest(header: Sequence[str], samples: Sequence[Sequence[str]]) -> tuple[str, dict[str, str]]:
    """The layout that titles speak of, and what each column seems to be: {"0": "name", …}, unknown ones left out.

    `samples` are some rows of the file. Only facts in SEVERAL are suggested for more than one column.
    """
    titles = [folded(title) for title in header]
    layout = layout_of(titles)
    mapping: dict[str, str] = {}
    for rank in (_exactly, _by_end):
        for position, title in enumerate(titles):
            key = _IN_SQUEEGEE.get(title) if layout == "squeegee" else None
            key = key or rank(title)
            if key and str(position) not in mapping and _is_free(key, mapping):
                mapping[str(position)] = key
    for position, key in _by_content(samples, len(header)):
        if str(position) not in mapping and key not in mapping.values():
            mapping[str(position)] = key
    return layout, dict(sorted(_without_doubles(mapping).items(), key=lambda each: int(each[0])))


def layout_of(titles: Sequence[str]) -> str:
    """ "squeegee", "notion" or "plain", by folded titles."""
    if set(titles) >= _SQUEEGEE:
        return "squeegee"
    return "notion" if set(titles) >= _NOTION else "plain"


def folded(title: str) -> str:
    """A title as it is compared: small letters and digits in words."""
    return " ".join(_WORD.findall(title.lower().replace("e-mail", "email")))


def _exactly(title: str) -> str | None:
    return next((field.key for field in FIELDS if title in field.titles), None)


def _by_end(title: str) -> str | None:
    """By the last words: "customer email address" is an email, "email sent on" is none."""
    return next((key for each, key in _ENDS if title.endswith(f" {each}")), None)


def _is_free(key: str, mapping: dict[str, str]) -> bool:
    return key in SEVERAL or key not in mapping.values()


def _by_content(samples: Sequence[Sequence[str]], width: int) -> Iterator[tuple[int, str]]:
    """Columns that can be told by their cells alone."""
    looks = (("email", email_addresses.parse), ("postcode", postcodes.parse), ("phone", phones.parse))
    for position in range(width):
        cells = [row[position] for row in samples if position < len(row) and row[position]]
        for key, reads in looks:
            if cells and sum(reads(cell) is not None for cell in cells) >= _MOST_OF * len(cells):
                yield position, key
                break


def _without_doubles(mapping: dict[str, str]) -> dict[str, str]:
    """Without what another column says better: a whole name beside its parts, a whole address that is a first line."""
    keys = set(mapping.values())
    if "address" in keys and "address_line1" not in keys and {"town", "postcode"} <= keys:
        return mapping  # still read as a whole: it may hold more than its title says
    if {"first_name", "last_name"} <= keys and "name" in keys:
        return {position: key for position, key in mapping.items() if key != "name"}
    return mapping
