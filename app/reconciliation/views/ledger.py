"""The page "In Squeegee?"."""

from collections.abc import Mapping
from typing import Any

from flask import Response, g, request, url_for

from app.core.clock import utcnow
from app.core.permissions import permit
from app.reconciliation import queries, words
from app.reconciliation.services import MOST_LINES
from app.reconciliation.views import bp
from app.workspaces.layout import desk_or_fragment
from app.workspaces.queries import today_here


@bp.get("/w/<slug>/squeegee/reconciliation")
@permit("leads:transfer")
def ledger(slug: str) -> Response:
    """What Squeegee's last export and the leads do not agree on, one kind at a time."""
    return ledger_page()


def ledger_page(
    *, errors: Mapping[str, str] | None = None, line_errors: Mapping[str, Mapping[str, str]] | None = None,
    typed: Mapping[str, str] | None = None, said: str = "", undo_url: str | None = None, status: int = 200,
) -> Response:  # fmt: skip
    """The page, whole or as its main part.

    `errors` belong to the form that brings an export in; `line_errors` to lines, by their id; `said` is told beside,
    with `undo_url` if it can be taken back.
    """
    counts = queries.open_counts()
    kind = request.values.get("kind", "")
    if kind not in words.KINDS:
        kind = next((each for each in words.KINDS if counts.get(each)), "not_there")
    cursor = request.values.get("after")
    lines, after = queries.ledger(kind, cursor)
    exports = queries.latest_exports()
    values: dict[str, Any] = {
        "tallies": counts, "kind": kind, "lines": lines, "after": after, "cursor": cursor, "exports": exports,
        "latest": next(iter(exports), None), "compared": next((each for each in exports if each.was_compared), None),
        "errors": errors or {}, "line_errors": line_errors or {}, "typed": typed or {}, "said": said,
        "undo_url": undo_url, "words": words, "viewer": g.viewer, "today": today_here(), "now": utcnow(),
        "most_lines": MOST_LINES, "most": 2_000,
        "page_url": url_for("reconciliation.ledger", kind=kind, **({"after": cursor} if cursor else {})),
    }  # fmt: skip
    return desk_or_fragment("squeegee", "reconciliation/page.html", "reconciliation/_page.html", status, **values)
