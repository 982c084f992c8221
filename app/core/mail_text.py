"""What of a mail's text its writer wrote, and what is quoted or signed beneath it."""

import re
from dataclasses import dataclass

_QUOTED = re.compile(r"^\s*>")
#: "On Tue, 1 Dec 2026 at 09:10, Somerset Windows <office@example.com> wrote:", which mail programs break over lines.
_WROTE = re.compile(r"^\s*(?:>\s*)?On\b.{5,300}?\bwrote:\s*$", re.DOTALL)
_LONGEST_WROTE = 4  # lines
#: Outlook's and others' own way of putting the old mail underneath.
_RULE = re.compile(r"^\s*(?:-{2,}\s*(?:Original|Forwarded) Message\s*-{2,}|_{20,}|-{20,})\s*$", re.IGNORECASE)
_HEADER = re.compile(r"^\s*\*?(?:From|Sent|To|Date|Subject):\*?\s", re.IGNORECASE)
_SIGNED = re.compile(
    r"^(?:--\s*|\s*(?:Sent from (?:my|Outlook|Mail|Yahoo|Samsung)\b.*|Get Outlook for .*|Sent via .*|Sent with .*))$",
    re.IGNORECASE,
)


#: The line that `name_attached` puts last.
_ATTACHED = re.compile(r"\n{0,2}\[Attached: ([^\n]{1,2000})\]\s*$")


@dataclass(frozen=True, slots=True)
class Reply:
    """A text in two: what is `new`, and what stands `beneath` it (quoted, or a signature), "" if nothing does."""

    new: str
    beneath: str


def split_reply(text: str) -> Reply:
    """Take a mail's text apart where its writer's own words end.

    When that would leave nothing (the answer stands between or under quoted lines), the lines that are not quoted are
    the new ones; when there are none, all of it is.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = next((number for number in range(len(lines)) if _ends_at(lines, number)), len(lines))
    new, beneath = "\n".join(lines[:end]).strip(), "\n".join(lines[end:]).strip()
    if new:
        return Reply(new, beneath)
    own = [line for line in lines if not _QUOTED.match(line)]
    kept = "\n".join(own[1:] if own and _WROTE.match(own[0]) else own).strip()
    between = _without_lead_in(kept)
    return Reply(between, beneath) if between else Reply(text.strip(), "")


def name_attached(text: str, names: tuple[str, ...]) -> str:
    """A text with the names of what came with it, as its last line."""
    line = f"[Attached: {' '.join(', '.join(names).split())[:2_000]}]" if names else ""
    return "\n\n".join(filter(None, (text, line)))


def split_attached(text: str) -> tuple[str, str]:
    """What `name_attached` put together: the text, and the names, "" without any."""
    found = _ATTACHED.search(text[-2_100:])
    return (text[: len(text) - len(found[0])], found[1]) if found else (text, "")


def _ends_at(lines: list[str], number: int) -> bool:
    line = lines[number]
    if _QUOTED.match(line) or _RULE.match(line) or _SIGNED.match(line):
        return True
    if _HEADER.match(line) and sum(bool(_HEADER.match(each)) for each in lines[number : number + 5]) >= 3:
        return True
    return line.lstrip().startswith("On ") and any(
        _WROTE.match("\n".join(lines[number : number + count])) for count in range(1, _LONGEST_WROTE + 1)
    )


def _without_lead_in(text: str) -> str:
    lines = text.split("\n")
    for count in range(min(_LONGEST_WROTE, len(lines)), 0, -1):
        if _WROTE.match("\n".join(lines[:count])):
            return "\n".join(lines[count:]).strip()
    return text
