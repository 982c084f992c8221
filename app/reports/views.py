"""The page of reports, and its file for a spreadsheet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, Response, make_response, request, url_for

from app.core.fragments import page
from app.core.permissions import permit
from app.reports.queries import Report, answers_report, people_report, steps_report, templates_report
from app.reports.services import write_csv
from app.workspaces.layout import desk
from app.workspaces.queries import current_workspace, today_here

bp = Blueprint("reports", __name__)

#: Days that a report reaches back; the second is the usual one.
PERIODS = ((30, "Last 30 days"), (90, "Last 90 days"), (365, "Last 12 months"))


@dataclass(frozen=True, slots=True)
class Kind:
    """A report: its name, what it says, and what makes it (since, whether opens are noted)."""

    label: str
    about: str
    make: Callable[[datetime, bool], Report]


KINDS = {
    "steps": Kind(
        "Steps", "What was planned by each step, and what came of it. An answer counts for the last step before it.",
        lambda since, opens: steps_report(since, with_opens=opens),
    ),
    "templates": Kind(
        "Templates", "What was written with each template, by Sill or by you.",
        lambda since, opens: templates_report(since, with_opens=opens),
    ),
    "people": Kind(
        "People", "What was done on the leads that each of you looks after.",
        lambda since, opens: people_report(since, with_opens=opens),
    ),
    "answers": Kind(
        "First contact", "From the enquiry until one of you wrote or spoke to the customer, in your opening hours."
        " What Sill sends by itself does not count.",
        lambda since, opens: answers_report(since),
    ),
}  # fmt: skip


@bp.get("/w/<slug>/reports/follow-ups")
@permit("reports:read")
def follow_ups(slug: str) -> Response:
    """What came of the follow-ups, in one of four ways of looking at it."""
    by, days = _asked()
    tracks = current_workspace().tracks_opens
    report = KINDS[by].make(_since(days), tracks)
    return page(
        "reports/follow_ups.html", **desk("reports"), by=by, days=days, kinds=KINDS, periods=PERIODS, report=report,
        tracks=tracks, csv_url=url_for("reports.follow_ups_csv", by=by, days=days),
    )  # fmt: skip


@bp.get("/w/<slug>/reports/follow-ups.csv")
@permit("reports:read")
def follow_ups_csv(slug: str) -> Response:
    """The same as a file."""
    by, days = _asked()
    response = make_response(write_csv(KINDS[by].make(_since(days), current_workspace().tracks_opens)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"{slug}-follow-ups-{by}-{today_here():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _asked() -> tuple[str, int]:
    by = request.args.get("by", "steps")
    days = request.args.get("days", "90")
    return by if by in KINDS else "steps", int(days) if days in {str(each) for each, _ in PERIODS} else 90


def _since(days: int) -> datetime:
    """The beginning of the day so many days ago, where the business is."""
    zone = current_workspace().clock().zone
    return datetime.combine(today_here() - timedelta(days=days), time(), zone).astimezone(UTC)
