"""Squeegee and the leads do not agree: who may put that right is reminded, once a day for as long as it is so."""

from datetime import date

from app.alerts.services.once import Mark, first_time
from app.core.tenancy import current_workspace_id
from app.notifications.services import managers, notify
from app.reconciliation.queries import open_counts

RULE = "discrepancies"


def remind_of_discrepancies(today: date) -> int:
    """Ring for the owner, admins and managers while anything is open; how many things were told, 0 or 1.

    A second look on the same day, by whatever worker, tells nobody again.
    """
    counts = open_counts()
    total = sum(counts.values())
    if not total or not first_time([Mark(RULE, current_workspace_id(), today)]):
        return 0
    for user_id in managers():
        notify(user_id, "discrepancies", data={"count": total, **counts})
    return 1
