"""What is said of exports."""

FORMAT_WORDS = {"csv": "CSV", "xlsx": "Excel"}
#: state: words, tone of the badge
STATE_WORDS = {"running": ("Being made", "info"), "done": ("Ready", "good"), "failed": ("Stopped", "bad")}
UNDER_WAY = "You have an export under way already. Once it is ready, or you have stopped it, you can begin another."
MANY_WAIT = "There are {most} files here already. Delete some that nobody needs any more, then begin another."
NONE_LEFT = "No lead matches any more, so there is nothing to export."
TOO_MANY = "These are more than {most:,} leads, too many for one file. Narrow the list down first."
TOO_MANY_TICKED = "One file takes up to {most} ticked leads. Narrow the list down instead, and export all of it."
STOPPED = "Something went wrong on our side. Try it again; if it stops again, narrow the list down into smaller parts."
NO_LONGER_ALLOWED = "Whoever asked for this may not export leads any more."


def leads_words(count: int) -> str:
    """Such as "1 lead", "3,214 leads"."""
    return "1 lead" if count == 1 else f"{count:,} leads"
