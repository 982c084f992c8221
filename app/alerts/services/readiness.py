"""Ready for Squeegee: told at once in the bell, and by one mail for all that became ready within two minutes.

What is told once is a move into the stage: a lead put there by mistake and back again is told when it is truly ready.
"""

from datetime import datetime, timedelta
from uuid import UUID

from app.alerts import queries, words
from app.alerts.services.mailing import MailFoot, MailLine, MailPart, mail_list
from app.alerts.services.once import Mark, first_time
from app.alerts.services.planning import READY, plan_soon
from app.core.catalogue import known
from app.core.clock import utcnow
from app.core.events import Event
from app.core.permissions import ROLES
from app.core.tenancy import seeing_all
from app.leads.models import Lead, Stage
from app.leads.services import get_lead
from app.notifications.services import notify
from app.workspaces.queries import today_here

STAGE = "ready_for_squeegee"
#: So long is waited for more of them, before they are told by mail.
_GATHERED = timedelta(minutes=2)


def tell_ready(event: Event) -> None:
    """The reaction to a lead that enters the stage before the handover: whoever may hand it over is told.

    One that is back there since a move was undone is no news, and is mailed only if the mail left it out meanwhile.
    """
    stage_id = str(event.data.get("stage_id", ""))
    if event.lead_id is None or not any(str(each.id) == stage_id and each.key == STAGE for each in known(Stage)):
        return
    with seeing_all():
        plan_soon(READY, utcnow() + _GATHERED)
        change_id = UUID(str(event.data["stage_change_id"]))
        if "undoes" in event.data or not first_time([Mark("ready", change_id, today_here())]):
            return
        lead = get_lead(event.lead_id)
        for worker in _tellers(lead):
            notify(worker.user_id, "ready_to_hand_over", lead=lead, actor=event.actor)


def mail_ready(now: datetime) -> int:
    """Mail what has become ready since the last time, and still is; how many leads that were."""
    became = queries.not_mailed(now - timedelta(days=1))
    standing = queries.by_id({lead_id for _, _, lead_id in became}, STAGE) if became else []
    still = {each.lead_id for each in standing}
    marks = {Mark("ready_mailed", change_id, day): lead_id for change_id, day, lead_id in became if lead_id in still}
    fresh = {marks[mark] for mark in first_time(marks)}
    waiting = [each for each in standing if each.lead_id in fresh]
    if not waiting:
        return 0
    managers = [each for each in queries.workers() if "leads:transfer" in ROLES[each.role]]
    for worker in managers:
        theirs = [each for each in waiting if each.owner_id == worker.user_id or worker.role != "sales"]
        if theirs:
            lines = [MailLine(each.lead_id, each.name, "said yes") for each in theirs[: queries.LISTED]]
            part = MailPart(words.HEADINGS["ready"], lines, words.more(len(theirs) - queries.LISTED), "squeegee")
            hello = f"Hello {worker.name.split()[0]},"
            mail_list(worker.email, words.ready_subject(len(theirs)), hello, [part], MailFoot(words.ALERT_FOOT))
    return len(waiting)


def _tellers(lead: Lead) -> list[queries.Worker]:
    """The lead's owner, and those who look after everything."""
    return [each for each in queries.workers() if each.role != "sales" or each.user_id == lead.owner_id]
