"""What people choose from beside a timeline: kinds of lines, ends of calls."""

#: How a call ended, in the order of how often it is needed.
CALL_ENDS = [
    ("spoke", "Spoke"), ("no_answer", "No answer"), ("voicemail", "Left a voicemail"), ("busy", "Busy"),
    ("rescheduled", "Call again later"), ("wrong_number", "Wrong number"), ("declined", "Not interested"),
]  # fmt: skip

#: A choice's key -> its word, and the kinds of activities it shows.
KIND_GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "notes": ("Notes", ("note", "enquiry")),
    "calls": ("Calls", ("call",)),
    "messages": ("Messages", ("email", "sms")),
    "moves": ("Moves", ("stage_changed", "lead_created")),
    "quotes": ("Quotes", ("quote", "transfer", "appointment")),
    "files": ("Files", ("file",)),
    "changes": ("Changes", ("fact_changed", "follow_up")),
}
