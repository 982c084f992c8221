"""Reading what the pages of accounts send."""

import re
from urllib.parse import unquote, urlsplit

_LONGEST = 2000
#: Printable ASCII that a browser neither drops nor turns into a slash.
_PLAIN = re.compile(r"/[!-\[\]-~]*")


def safe_path(target: str | None) -> str | None:
    """`target` when it is a path of this site to go to after signing in, else None.

    Refused is whatever a browser might read as another site: a scheme or host, two slashes, backslashes, tabs and line
    breaks (browsers drop them), and the same written with %. Accounts' own pages are no place to go back to.
    """
    if not target or len(target) > _LONGEST or not _PLAIN.fullmatch(target):
        return None
    path, unquoted = target.partition("?")[0], unquote(unquote(target.partition("?")[0]))
    if "//" in unquoted or "\\" in unquoted or not unquoted.isprintable():
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or path.rstrip("/") in ("", "/login", "/logout", "/signup"):
        return None
    if path.startswith("/password/"):  # for who can't sign in; the change of a password, /password, is a place to go to
        return None
    return target
