"""Putting a text into the request that a gateway wants, so that no text can say more than it should."""

import json
import re
from collections.abc import Mapping
from urllib.parse import quote

#: What may be asked for in a template.
NAMES = ("to", "digits", "text", "id")
CONTENT_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "plain": "text/plain; charset=utf-8",
}
_PLACE = re.compile(r"\{(to|digits|text|id)\}")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e]*)")


def fill_url(template: str, values: Mapping[str, str]) -> str:
    """The address, each value percent-encoded (RFC 3986): none can leave its place."""
    return _PLACE.sub(lambda place: quote(values[place[1]], safe=""), template)


def fill_body(template: str, kind: str, values: Mapping[str, str]) -> str:
    """The body. In JSON a place stands within quotes, so what is put there is written as the inside of a string."""
    written = {"json": _in_json, "form": lambda value: quote(value, safe=""), "plain": str}[kind]
    return _PLACE.sub(lambda place: written(values[place[1]]), template)


def read_headers(text: str) -> dict[str, str]:
    """The headers by lower-case name, out of `Name: value` lines. Raises ValueError for a line that is none."""
    found = {}
    for line in text.splitlines():
        if line.strip():
            match = _HEADER.fullmatch(line.strip())
            if match is None:
                raise ValueError("not a header")
            found[match[1].lower()] = match[2].strip()
    return found


def _in_json(value: str) -> str:
    return json.dumps(value)[1:-1]
