"""The look of every working day: who looks after a late follow-up or an untouched lead is told, then the managers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.alerts import queries, words
from app.alerts.queries import Waits, Worker
from app.alerts.services.disagreeing import remind_of_discrepancies
from app.alerts.services.mailing import MailFoot, MailLine, MailPart, mail_list
from app.alerts.services.once import Mark, first_time, forget_old
from app.leads.services import get_lead
from app.messaging.services import arrivals
from app.notifications.services import notify
from app.workspaces.models import Workspace
from app.workspaces.queries import current_workspace

_DAY = timedelta(days=1)
#: Above this the bell says how many more there are, instead of one line each.
_BELLS = 5
_MANAGERS = ("owner", "admin", "manager")
_LATE_PATH, _WORTH_PATH = "leads?due=late&sort=due", "leads?sort=activity"


@dataclass(frozen=True, slots=True)
class Found:
    """Something to tell: by which rule, what, and at which level."""

    rule: str
    waits: Waits
    mark: Mark


def look(now: datetime) -> int:
    """Tell members what is overdue and untouched, each thing once a day; how many things were told.

    A late follow-up is told every working day, to who looks after the lead, and after the workspace's days to the
    managers too. A valuable lead that lies untouched is told once to each until somebody touches it.
    """
    workspace = current_workspace()
    clock = workspace.clock()
    if not clock.is_working_day(now.astimezone(clock.zone).date()):
        return 0
    forget_old()
    arrivals.forget_old(now)
    found = [*_late(workspace, now), *_untouched(workspace, now)]
    fresh = first_time(each.mark for each in found)
    _tell([each for each in found if each.mark in fresh], now)
    return len(fresh) + remind_of_discrepancies(now.astimezone(clock.zone).date())


def _late(workspace: Workspace, now: datetime) -> Iterable[Found]:
    today = now.astimezone(workspace.clock().zone).date()
    for waits in queries.late_acts(now - _DAY):
        yield Found("overdue", waits, Mark("overdue", waits.lead_id, today))
        if now - waits.since >= _DAY * (1 + workspace.escalate_days):
            yield Found("overdue", waits, Mark("overdue", waits.lead_id, today, level=1))


def _untouched(workspace: Workspace, now: datetime) -> Iterable[Found]:
    days = workspace.untouched_days + workspace.escalate_days
    for waits in queries.untouched(workspace, now):
        day = waits.since.date()  # touched and left alone again it is told again
        yield Found("untouched", waits, Mark("untouched", waits.lead_id, day))
        if now - waits.since >= _DAY * days:
            yield Found("untouched", waits, Mark("untouched", waits.lead_id, day, level=1))


def _tell(found: Sequence[Found], now: datetime) -> None:
    everyone = {worker.user_id: worker for worker in queries.workers()}
    hers: dict[UUID, dict[str, dict[UUID, Waits]]] = defaultdict(lambda: defaultdict(dict))
    for each in found:
        for user_id in _who(each, everyone):
            hers[user_id][each.rule][each.waits.lead_id] = each.waits
    for user_id, rules in hers.items():
        worker, parts = everyone[user_id], []
        for rule in ("overdue", "untouched"):
            if waiting := list(rules[rule].values()):
                _ring(worker, rule, waiting, everyone, now)
                parts.append(_part(rule, waiting, everyone, worker, now))
        counts = {rule: len(waiting) for rule, waiting in rules.items()}
        hello, foot = f"Hello {worker.name.split()[0]},", MailFoot(words.ALERT_FOOT)
        mail_list(worker.email, words.alert_subject(counts), hello, parts, foot)


def _who(found: Found, everyone: dict[UUID, Worker]) -> list[UUID]:
    """Whoever looks after the lead; the managers where that is nobody who works here any more, and at level 1."""
    owner_id = found.waits.owner_id
    if found.mark.level == 0 and owner_id in everyone:
        return [owner_id]  # type: ignore[list-item]
    return [each.user_id for each in everyone.values() if each.role in _MANAGERS]


def _ring(worker: Worker, rule: str, waiting: list[Waits], everyone: dict[UUID, Worker], now: datetime) -> None:
    for each in waiting[:_BELLS]:
        days = max(1, (now - each.since).days)
        theirs = everyone.get(each.owner_id) if each.owner_id != worker.user_id else None  # type: ignore[arg-type]
        data = {"days": days, **({"owner": theirs.name} if theirs else {})}
        notify(worker.user_id, rule, lead=get_lead(each.lead_id), data=data)
    if len(waiting) > _BELLS:
        notify(worker.user_id, rule, data={"count": len(waiting) - _BELLS})


def _part(
    rule: str, waiting: list[Waits], everyone: dict[UUID, Worker], worker: Worker, now: datetime
) -> MailPart:  # fmt: skip
    lines = []
    for each in waiting[: queries.LISTED]:
        owner = everyone.get(each.owner_id) if each.owner_id else None
        told = words.waited(rule, max(1, (now - each.since).days))
        name = "" if owner is None or owner is worker else f", with {owner.name}"
        lines.append(MailLine(each.lead_id, each.name, told + (name if each.owner_id else ", with nobody")))
    path = _LATE_PATH if rule == "overdue" else _WORTH_PATH
    return MailPart(words.HEADINGS[rule], lines, words.more(len(waiting) - queries.LISTED), path)
