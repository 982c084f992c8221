"""Handing several leads over at once, each with its own first date."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from app.core.errors import Conflict, Invalid, NotFound
from app.core.permissions import Actor
from app.extensions import db
from app.squeegee.services.handing_over import hand_over

#: More than a page of the queue holds; each takes a few statements.
MOST_AT_ONCE = 50


def hand_over_together(days: Mapping[UUID, date | None], actor: Actor) -> dict[UUID, dict[str, str]]:
    """Let a worker hand over each of the leads, whose first dates these are; what can't be is left as it is.

    Returns what is wrong with those that were left, as `hand_over` says it. Raises Invalid when none or too many are
    named, NotFound when none of them is to be seen.
    """
    if not days:
        raise Invalid({"lead": "Tick the leads first."})
    if len(days) > MOST_AT_ONCE:
        raise Invalid({"lead": f"Hand over at most {MOST_AT_ONCE} leads at once."})
    wrong, unseen = dict[UUID, dict[str, str]](), 0
    for lead_id in sorted(days):  # always in the same order, so that two people can't block each other
        try:
            with db.session.begin_nested():
                hand_over(lead_id, "api", actor, days[lead_id])
        except Invalid as error:
            wrong[lead_id] = error.errors
        except Conflict as error:
            wrong[lead_id] = {"": error.message}
        except NotFound:
            unseen += 1
    if unseen == len(days):
        raise NotFound
    return wrong
