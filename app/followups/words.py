"""The trade's words for sequences and their steps: one place for pages, the lead's panel and reports."""

KIND_WORDS = {
    "email": "Email", "sms": "Text message", "call": "Call", "task": "Task", "stage": "Move to a stage",
    "wait": "Wait", "branch": "Branch",
}  # fmt: skip
KIND_ICONS = {
    "email": "mail", "sms": "message-square", "call": "phone", "task": "clipboard-list", "stage": "square-kanban",
    "wait": "clock", "branch": "arrow-up-down",
}  # fmt: skip
#: Unit -> (in a list of units, one of it, several of it).
UNIT_WORDS = {
    "minutes": ("minutes", "minute", "minutes"),
    "hours": ("hours", "hour", "hours"),
    "days": ("days", "day", "days"),
    "business_hours": ("opening hours", "opening hour", "opening hours"),
    "business_days": ("working days", "working day", "working days"),
}
#: What a branch asks -> (as a choice, its first way, its second way).
CONDITION_WORDS = {
    "replied": ("Have they answered?", "They answered", "No answer yet"),
    "no_reply": ("Are they silent?", "No answer yet", "They answered"),
    "opened": ("Have they opened it?", "Opened", "Not opened"),
    "stage": ("Are they in a stage?", "In {stage}", "In another stage"),
    "field": ("Does something about the lead fit?", "{fact} {operator} {value}", "Otherwise"),
}
#: What can put leads on a sequence by itself, besides entering a stage.
EVENT_WORDS = {
    "appointment.no_show": "Nobody was there for an appointment",
    "lead.declined": "A lead says no",
    "lead.lost": "A lead is given up as not reached",
    "quote.expired": "A quote ends without an answer",
    "lead.tagged": "A lead gets a tag",
    "lead.return_due": "The day has come to ask a lost lead again",
}
STATE_WORDS = {"active": "Under way", "paused": "Paused", "finished": "Through", "stopped": "Stopped"}
#: Why a lead's way through a sequence was paused or ended.
WHY_WORDS = {
    "replied": "they answered", "opted_out": "they opted out", "booked": "they booked", "accepted": "they said yes",
    "declined": "they said no", "left_stage": "the lead moved on", "by_person": "by one of you",
    "finished": "all steps done", "doubtful_reply": "an answer that is not clear", "shelved": "the lead was put away",
    "in_squeegee": "they are in Squeegee already", "sequence_off": "the sequence was switched off",
    "too_many": "as many attempts as are allowed",
}  # fmt: skip


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def delay_words(amount: int, unit: str) -> str:
    """Such as "3 days later", "1 working day later", "on 1 September"; "at once" for none."""
    if not amount:
        return "at once"
    if unit == "until_month":
        return f"on 1 {MONTHS[amount - 1]}"
    _, one, several = UNIT_WORDS[unit]
    return f"{amount} {one if amount == 1 else several} later"


def steps_counted(number: int) -> str:
    """Such as "1 step" or "4 steps"."""
    return "1 step" if number == 1 else f"{number} steps"


def leads_counted(number: int) -> str:
    """Such as "1 lead" or "3,214 leads"."""
    return "1 lead" if number == 1 else f"{number:,} leads"
