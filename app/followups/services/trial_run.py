"""A run of a sequence over the leads of the last 90 days: who would have begun, what would have gone out and when.

Nothing is stored and nothing is sent. The work is bounded: so many leads, the latest first, and so long.
"""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.core.clock import utcnow
from app.followups.queries.beginnings import Beginning, Ending, beginnings, endings, leads_of
from app.followups.queries.steps import MESSAGES, Step, every, only_remind, way
from app.followups.services.conditions import all_hold, holds, stage_key
from app.followups.services.dating import reckon
from app.leads.models import Lead
from app.messaging.models import MessageTemplate
from app.messaging.services.judging import who_gets
from app.messaging.services.templates import list_templates
from app.workspaces.queries import current_workspace

DAYS = 90
MOST_TRIED = 300
MOST_SHOWN = 12
#: Forty steps of two thousand hours each take their time, and everybody else's pages wait for it.
_SECONDS = 1.0
_ACTS = ("email", "sms", "call", "task")


@dataclass(frozen=True, slots=True)
class TrialAct:
    """A step for one lead. `state`: done (its time has passed), to_come, ended (something was faster), left_out."""

    step: Step
    kind: str
    at: datetime
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class TrialLead:
    """One lead of the run, when it would have begun, what would have followed, and what ended it."""

    lead: Lead
    began_at: datetime
    acts: list[TrialAct]
    ending: Ending | None


@dataclass(slots=True)
class Trial:
    """What came of the run. `of_steps`: step key to state to how many; `left_out`: why messages would not have gone."""

    begun: int = 0
    is_cut: bool = False
    is_example: bool = False
    of_steps: dict[str, Counter[str]] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    shown: list[TrialLead] = field(default_factory=list)

    def total(self, state: str, kinds: tuple[str, ...] = ("email", "sms")) -> int:
        """How many acts of these kinds are in a state, over all steps."""
        return sum(counts[f"{kind}:{state}"] for counts in self.of_steps.values() for kind in kinds)


@dataclass(frozen=True, slots=True)
class Start:
    """What starts the sequence that is tried."""

    starts: str
    stage_id: UUID | None
    rule: Mapping[str, Any]
    ends_with_stage: bool


def try_out(steps: tuple[Step, ...], start: Start) -> Trial:
    """Run the steps over the leads that would have begun in the last 90 days."""
    since = utcnow() - timedelta(days=DAYS)
    event = str(start.rule.get("event", ""))
    found, is_example = beginnings(start.starts, start.stage_id, event, since, MOST_TRIED + 1)
    trial = Trial(is_cut=len(found) > MOST_TRIED, is_example=is_example)
    found = list({each.lead_id: each for each in reversed(found[:MOST_TRIED])}.values())[::-1]
    leads = leads_of({each.lead_id for each in found})
    conditions = list(start.rule.get("conditions") or []) if start.starts == "rule" else []
    found = [each for each in found if each.lead_id in leads and all_hold(leads[each.lead_id], conditions)]
    by_stage = start.starts == "stage" and start.ends_with_stage
    ends = endings(found, ends_with_stage=by_stage, only_reminds=only_remind(steps))
    refused = _refused(steps, list(leads))
    until = time.monotonic() + _SECONDS
    for each in found:
        _try_one(trial, steps, leads[each.lead_id], each, ends.get(each.lead_id), refused)
        trial.begun += 1
        if time.monotonic() > until:
            break
    trial.is_cut |= trial.begun < len(found)
    return trial


def _try_one(
    trial: Trial, steps: tuple[Step, ...], lead: Lead, begun: Beginning, ending: Ending | None,
    refused: Mapping[tuple[str, str], Mapping[UUID, str]],
) -> None:  # fmt: skip
    workspace, now = current_workspace(), utcnow()
    left, acts = workspace.max_follow_ups, []
    for each in reckon(way(steps, _answers(steps, lead)), begun.at, workspace, lead=lead):
        step, kind = each.step, each.kind
        if step.kind not in _ACTS:
            continue
        state, why = "done" if each.at <= now else "to_come", ""
        if ending is not None and ending.at <= each.at:
            state, why = "ended", ending.why
        elif kind is None:
            kind, state, why = step.kind, "left_out", "no_email" if step.kind == "email" else "no_number"
        elif kind in ("email", "sms"):
            why = refused.get((step.key, kind), {}).get(lead.id, "")
            why = why or ("enough_attempts" if step.counts and left <= 0 else "")
            state, left = ("left_out", left) if why else (state, left - step.counts)
        acts.append(TrialAct(step, kind, each.at, state, why))
        trial.of_steps.setdefault(step.key, Counter())[f"{kind}:{state}"] += 1
        if state == "left_out":
            trial.left_out[why] += 1
    if ending is not None:
        trial.ends[ending.why] += 1
    if len(trial.shown) < MOST_SHOWN:
        trial.shown.append(TrialLead(lead, begun.at, acts, ending))


def _answers(steps: tuple[Step, ...], lead: Lead) -> dict[str, bool]:
    """How branches would go with a lead that stays silent."""
    found = {}
    for step in every(steps):
        asked = step.condition
        if step.kind != "branch" or asked is None:
            continue
        if asked.on == "stage":
            found[step.key] = stage_key(lead) == asked.value
        elif asked.on == "field":
            found[step.key] = holds(lead, asked.field, asked.operator, asked.value)
        else:
            found[step.key] = asked.on == "no_reply"
    return found


def _refused(steps: tuple[Step, ...], lead_ids: list[UUID]) -> dict[tuple[str, str], dict[UUID, str]]:
    """Step key and kind to the leads that its message would not reach as things stand, with why. One statement for each
    kind.
    """
    templates: dict[str, MessageTemplate] = {each.key: each for each in list_templates()}
    judged: dict[tuple[str, str], dict[UUID, str]] = {}
    found = {}
    sent = ((step, kind) for step in every(steps) if step.is_message for kind in MESSAGES)
    for step, kind in sent:
        template = templates.get(step.words_key(kind) or "")
        if template is None or template.channel != kind or not lead_ids:
            continue
        asked = (kind, template.purpose)
        if asked not in judged:
            judged[asked] = who_gets(lead_ids, *asked, counts=False).reasons
        found[step.key, kind] = {
            lead_id: why for lead_id, why in judged[asked].items() if why and why not in ("not_on_desk", "same_person")
        }
    return found
