"""What a line of the timeline says: one place for each kind, for page, answer and test alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.human_time import duration, long_date
from app.core.money import format_money
from app.followups.words import WHY_WORDS
from app.leads.queries.facts import FACTS, read_out
from app.leads.words import DECLINE_WORDS, often

OUTCOME_WORDS = {
    "spoke": "spoke",
    "no_answer": "no answer",
    "busy": "busy",
    "voicemail": "left a voicemail",
    "wrong_number": "wrong number",
    "rescheduled": "call again later",
    "declined": "not interested",
}
NOTE_WORDS = {"general": "Note", "internal": "Internal note", "customer_request": "The customer asks"}


@dataclass(frozen=True, slots=True)
class Words:
    """The facts of an activity that its sentence is made of."""

    kind: str
    event: str
    data: Mapping[str, Any]
    outcome: str | None = None
    note_type: str | None = None
    duration_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An icon, a sentence, and what stands small beneath it."""

    icon: str
    title: str
    detail: str = ""


def words_for(activity: Words) -> Line:
    """The line for an activity. Unknown events read as their own name, so that nothing is ever hidden."""
    writer = _WRITERS.get(activity.kind)
    return writer(activity) if writer else Line("info", activity.event.replace(".", " ").replace("_", " ").capitalize())


def _created(a: Words) -> Line:
    if a.data.get("import_id"):
        return Line("file-text", "Brought in from a file", f"row {a.data.get('row')}")
    source, told = str(a.data.get("source", "")).replace("_", " ").capitalize(), a.data.get("told")
    return Line("inbox", "Enquiry came in", f"{source} · {_told(told)}" if told else source)


def _told(told: Mapping[str, Any]) -> str:
    """The price that the form showed, and how it came about."""
    lines = ", ".join(f"{words} {format_money(minor)}" for words, minor in told["workings"])
    price = f"{format_money(told['price_minor'])} {often(told['frequency'])}".strip()
    return f"was shown {price}: {lines} (prices version {told['prices_version']})"


def _stage_changed(a: Words) -> Line:
    stayed = a.data.get("seconds_in_stage")
    details = [f"after {duration(stayed)}"] if stayed is not None else []
    if a.data.get("reason_key") in DECLINE_WORDS:
        details.append(DECLINE_WORDS[a.data["reason_key"]].lower())
    if a.data.get("returns_on"):
        day = date.fromisoformat(a.data["returns_on"])
        details.append(f"comes back {long_date(day)} {day.year}")
    if a.data.get("undoes"):
        return Line("undo-2", f"Taken back to {a.data.get('to')}")
    return Line("arrow-right", f"{a.data.get('from')} → {a.data.get('to')}", " · ".join(details))


def _fact_changed(a: Words) -> Line:
    if a.event == "lead.assigned":
        return Line("user-check", f"Assigned to {a.data.get('now_name')}", _why_assigned(a.data))
    if a.event in ("contact.opted_out", "contact.opted_in"):
        channel = {"email": "email", "sms": "text"}.get(str(a.data.get("channel")), "")
        return Line("mail-x", f"Wants no more by {channel}" if a.event.endswith("out") else f"Wants {channel}s again")
    if a.event == "contact.wishes_changed":
        return Line("mail-x", "What we may write about changed", _wishes(a.data))
    if a.event in _MARKED:
        icon, words = _MARKED[a.event]
        return Line(icon, words.format(tag=a.data.get("tag")))
    name = str(a.data.get("fact"))
    if a.data.get("facts"):
        labels = ", ".join(FACTS[each].label.lower() for each in a.data["facts"] if each in FACTS)
        return Line("pencil", f"Changed: {labels}")
    fact = FACTS.get(name)
    label = fact.label if fact else name.replace("_", " ").capitalize()
    was, now = a.data.get("was_name", a.data.get("was")), a.data.get("now_name", a.data.get("now"))
    if fact is None or "now" not in a.data or (fact.kind in ("member", "source") and "now_name" not in a.data):
        return Line("pencil", f"{label} changed")
    return Line("pencil", f"{label}: {read_out(fact, str(was or '')) or '–'} → {read_out(fact, str(now or '')) or '–'}")


_MARKED = {
    "lead.archived": ("archive", "Put in the archive"), "lead.binned": ("trash-2", "Put in the bin"),
    "lead.restored": ("undo-2", "Put back on the desk"), "lead.tagged": ("tag", "Tagged {tag}"),
    "lead.untagged": ("tag", "No longer tagged {tag}"),
}  # fmt: skip


def _wishes(data: Mapping[str, Any]) -> str:
    channels, purposes = {"email": "email", "sms": "text"}, {"service": "their quote and visits", "marketing": "offers"}
    return " · ".join(
        f"{'yes' if granted else 'no'} to {channels.get(channel, channel)} about {purposes.get(purpose, purpose)}"
        for channel, purpose, granted in data.get("changes", ())
    )


def _why_assigned(data: Mapping[str, Any]) -> str:
    if data.get("why") == "area":
        return f"area {data.get('district')}"
    return {"load": "fewest open leads", "turn": "next in turn"}.get(str(data.get("why")), "")


def _note(a: Words) -> Line:
    return Line("sticky-note", NOTE_WORDS.get(a.note_type or "general", "Note"))


def _call(a: Words) -> Line:
    if a.event == "call.missed":
        return Line("phone", "Missed call", "rang, and nobody answered")
    length = f", {max(1, a.duration_seconds // 60)} min" if a.duration_seconds else ""
    return Line("phone", f"Call{length} · {OUTCOME_WORDS.get(a.outcome or '', a.outcome or '')}")


def _message(a: Words) -> Line:
    channel = "Email" if a.kind == "email" else "SMS"
    states = {
        "message.sent": "sent", "message.failed": "could not be sent", "message.uncertain": "may have been sent",
        "message.refused": "was not sent", "message.received": "came in", "message.queued": "is on its way",
        "message.delivered": "delivered", "message.unsent": "taken back", "message.judged": "judged again",
    }  # fmt: skip
    title = str(a.data.get("title") or "")
    if a.data.get("triage"):
        return _received(a, channel, states[a.event])
    return Line(
        "mail" if a.kind == "email" else "message-square",
        f"{channel} {states.get(a.event, a.event)}" + (f": {title}" if title else ""),
        str(a.data.get("reason") or "").replace("_", " "),
    )


_TRIAGE = {
    "yes": "yes", "yes_but": "yes, but …", "no": "no", "question": "a question", "unclear": "not clear",
    "automatic": "an automatic answer",
}  # fmt: skip


def _received(a: Words, channel: str, state: str) -> Line:
    """What came in, what it says, and what the reply before it said."""
    now, was = _TRIAGE.get(str(a.data["triage"]), ""), _TRIAGE.get(str(a.data.get("was")), "")
    detail = f"{now}, was: {was}" if was and was != now else now
    if a.data.get("rung"):
        detail = f"chooses number {a.data['rung']} · {detail}"
    return Line("mail" if a.kind == "email" else "message-square", f"{channel} {state}", detail)


def _quote(a: Words) -> Line:
    number = a.data.get("number", "")
    titles = {
        "quote.drafted": f"Quote {number} drafted", "quote.sent": f"Quote {number} sent",
        "quote.opened": f"Quote {number} opened", "quote.accepted": f"Quote {number} accepted",
        "quote.declined": f"Quote {number} declined", "quote.expired": f"Quote {number} expired",
        "quote.replaced": f"Quote {number} replaced", "quote.link_revoked": f"Link to quote {number} withdrawn",
        "quote.link_restored": f"Link to quote {number} works again",
    }  # fmt: skip
    price, frequency = a.data.get("price_minor"), a.data.get("frequency")
    offer = f"{format_money(price)} {often(frequency)}".strip() if price else ""
    reason = str(a.data.get("reason") or "").replace("_", " ")
    stands = f"{a.data['stands']}, accepted before, stands" if a.data.get("stands") else ""
    return Line("file-text", titles.get(a.event, a.event), offer or " · ".join(filter(None, (reason, stands))))


def _transfer(a: Words) -> Line:
    titles = {
        "transfer.started": "Hand-over to Squeegee started", "transfer.succeeded": "Handed over to Squeegee",
        "transfer.failed": "Hand-over to Squeegee failed", "transfer.uncertain": "Hand-over to Squeegee is unclear",
        "transfer.partial": "Hand-over to Squeegee is half done", "transfer.cancelled": "Hand-over cancelled",
        "transfer.not_taken": "Squeegee did not take it", "booking.confirmed": "Booking confirmed in Squeegee",
        "transfer.changed": "Changed in Squeegee", "transfer.taken_back": "Not in Squeegee after all",
        "booking.differs": "Squeegee says another first clean", "booking.kept": "Our date was kept",
    }  # fmt: skip
    first, theirs = a.data.get("first_service_date"), a.data.get("theirs")
    if theirs:
        return Line("calendar-clock", titles.get(a.event, a.event), f"{long_date(date.fromisoformat(theirs))} there")
    why = str(a.data.get("reason") or "").replace("_", " ")
    if a.event == "transfer.changed":
        why = " → ".join(filter(None, (a.data.get("was"), a.data.get("now"))))
    when = f"first clean {long_date(date.fromisoformat(first))}" if first else ""
    if a.data.get("batch_id") and a.event in ("transfer.started", "transfer.cancelled"):
        done = "Put into a" if a.event == "transfer.started" else "Taken out of the"
        return Line("file-text", f"{done} file for Squeegee")
    return Line("refresh-cw", titles.get(a.event, a.event), when or why)


def _follow_up(a: Words) -> Line:
    states = {
        "follow_up.done": "done", "follow_up.skipped": "skipped", "follow_up.planned": "planned",
        "follow_up.postponed": "put off", "follow_up.renamed": "renamed; it was", "sequence.started": "begun",
        "sequence.stopped": "stopped", "sequence.paused": "paused", "sequence.resumed": "goes on",
        "sequence.renewed": "goes on by its newest version",
    }  # fmt: skip
    title = str(a.data.get("title") or str(a.data.get("kind", "follow-up")).capitalize())  # own words stand beneath
    why, when = str(a.data.get("why") or ""), a.data.get("when")
    about = f"for {when}" if when else WHY_WORDS.get(why, why.replace("_", " "))
    return Line("clock", f"{title}: {states.get(a.event, a.event)}", about)


def _appointment(a: Words) -> Line:
    titles = {
        "appointment.booked": "Visit booked", "appointment.no_show": "Nobody was there",
        "appointment.freed": "Nobody is set for the visit any more",
        "slot.offered": "Time offered", "slot.withdrawn": "Time taken back",
    }  # fmt: skip
    title = titles.get(a.event) or a.event.replace(".", " ").capitalize()
    icon = "calendar-check" if a.event == "appointment.booked" else "calendar"
    return Line(icon, title, str(a.data.get("when") or ""))


def _enquiry(a: Words) -> Line:
    return Line("message-square", "The customer asks")


def _file(a: Words) -> Line:
    if a.event == "photos.requested":
        return Line("camera", "Asked for photos", {"email": "by email", "sms": "by SMS"}.get(a.data.get("by", ""), ""))
    if a.event == "photos.link_revoked":
        return Line("camera", "Link for photos taken back")
    counts = [(a.data.get(f"{noun}s"), noun) for noun in ("photo", "document")]
    what = " and ".join(f"{number} {noun}{'s' if number > 1 else ''}" for number, noun in counts if number)
    done = {"file.added": "added", "file.removed": "deleted", "file.restored": "put back"}
    return Line("paperclip", f"{what or 'File'} {done.get(a.event, a.event)}")


_WRITERS: dict[str, Callable[[Words], Line]] = {
    "lead_created": _created, "stage_changed": _stage_changed, "fact_changed": _fact_changed, "note": _note,
    "call": _call, "email": _message, "sms": _message, "quote": _quote, "transfer": _transfer,
    "follow_up": _follow_up, "appointment": _appointment, "enquiry": _enquiry, "file": _file,
}  # fmt: skip
