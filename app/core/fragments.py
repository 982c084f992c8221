"""Pages and fragments: one template renders alike in a page, an answer and a test."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from flask import Response, current_app, flash, make_response, render_template, request
from markupsafe import Markup


def dom_id(record: Any, role: str = "") -> str:
    """The id of a record's element: `lead-<id>` or `lead-<id>-<role>`. Takes a row, a dataclass with `id`, or text."""
    if isinstance(record, str):
        stem = record
    else:
        noun = getattr(record, "noun", None) or type(record).__name__.removesuffix("View").lower()
        stem = f"{noun}-{record.id}"
    return f"{stem}-{role}" if role else stem


def topic(noun: str, record_id: UUID | str) -> str:
    """The live topic of a record."""
    return f"{noun}-{record_id}"


def wants_fragment() -> bool:
    """Whether htmx asks for a part of a page (a restored history entry needs the whole one)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def fragment(name: str, **values: Any) -> Markup:
    """Render a template with exactly the given values; a missing one raises (StrictUndefined)."""
    return Markup(current_app.jinja_env.get_template(name).render(**values))  # noqa: S704 - autoescaped there


def answer(*parts: str, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer made of rendered fragments."""
    response = make_response("\n".join(parts), status)
    response.headers["Vary"] = "HX-Request"
    response.headers.update(headers or {})
    return response


def page(name: str, status: int = 200, **values: Any) -> Response:
    """A whole page."""
    response = make_response(render_template(name, **values), status)
    response.headers["Vary"] = "HX-Request"
    return response


def flash_with_undo(words: str, undo_url: str) -> None:
    """Say on the next page what was done, and offer to undo it by posting to `undo_url` (its values stand in it)."""
    flash({"words": words, "undo_url": undo_url}, "good")  # type: ignore[arg-type]  (Flask keeps any JSON)


def redirect_to(url: str) -> Response:
    """Go elsewhere: 303 for a browser, a redirect header for htmx.

    Where htmx stands on that page already it loads it anew: a browser does not when only the anchor differs.
    """
    if request.headers.get("HX-Request") == "true":
        is_shown = "#" in url and shown_address() == url.partition("#")[0]
        return answer("", status=200, headers={"HX-Refresh": "true"} if is_shown else {"HX-Redirect": url})
    response = make_response("", 303)
    response.headers["Location"] = url
    return response


def shown_address() -> str | None:
    """Path and query of our page that htmx stands on; None where it says what is no address, or one elsewhere."""
    try:
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return None
    if shown.netloc != request.host:
        return None
    return urlunsplit(("", "", shown.path, shown.query, ""))
