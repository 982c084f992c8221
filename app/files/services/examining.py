"""Having a file looked at by the program in decoding/, in a process of its own."""

import json
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

import structlog

from app.core.bare_process import places_of, run_bare
from app.core.errors import Invalid

log = structlog.get_logger(__name__)

_PROGRAM = str(Path(__file__).with_name("decoding"))
_SECONDS = 40
#: How many are looked at together, in one process of web: each may take a processor and a gigabyte.
_SEATS = BoundedSemaphore(2)
#: Strangers have one of these: anybody may send a form pictures that take their time, and staff would wait behind them.
_STRANGERS = BoundedSemaphore(1)

_WORDS = {
    "markup": "This is a web page or a drawing that can hold scripts. Send a picture or a PDF of it instead.",
    "two_kinds": "This file is two kinds of file at once, as disguised ones are. Save it again and send that.",
    "macros": "This document holds macros. Save it without them (.docx, .xlsx, .pptx) and send that.",
    "old_office": "This is a document in the format of before 2007. Save it as .docx, .xlsx or PDF and send that.",
    "archive": "Archives are not taken. Send the files in it one by one.",
    "unfolds": "This document unfolds to far more than it should. Save it again, or send a PDF.",
    "pixels": "This picture has too many pixels. Make it smaller, at most 50 megapixels, and send that.",
    "steps": "This picture is drawn in more steps than any camera's. Save it again and send that.",
    "heif": "HEIC pictures can't be read here. Send a JPEG (iPhone: Settings, Camera, Formats, Most Compatible).",
    "broken": "This file is damaged or was not sent whole. Open it yourself first, save it again and send that.",
    "unknown": "This kind of file is not taken. Pictures, PDF, Word, Excel, PowerPoint and plain text are.",
}


class ExaminerFailed(Exception):
    """The program that looks at files does not run here: an operator's matter, not the file's."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file turned out to be. `content` is what to keep: a picture drawn anew, a document as it came."""

    kind: str
    content_type: str
    content: bytes
    thumb: bytes | None = None
    width: int | None = None
    height: int | None = None


def examine(content: bytes, *, is_strangers: bool = False) -> Examined:
    """Look at what was sent. Raises Invalid, with the reason in people's words, or ExaminerFailed."""
    with _STRANGERS if is_strangers else nullcontext(), _SEATS:
        known, parts = _ask(content)
    if "refused" in known:
        raise Invalid({"file": _WORDS.get(str(known["refused"]), _WORDS["broken"])})
    kind, content_type = str(known["kind"]), str(known["content_type"])
    if kind == "document":
        return Examined(kind, content_type, content)
    main, thumb = parts
    return Examined(kind, content_type, main, thumb, known["width"], known["height"])


def _ask(content: bytes) -> tuple[dict, list[bytes]]:
    code, printed = run_bare(_PROGRAM, places_of("PIL"), content, seconds=_SECONDS)
    if code is None or code < 0:  # it took too long, or the system ended it: too much memory or time
        return {"refused": "pixels"}, []
    head, _, rest = printed.partition(b"\n")
    if code or not head:
        log.error("file_examiner_failed", code=code)
        raise ExaminerFailed
    known = json.loads(head)
    parts, at = [], 0
    for size in known["sizes"]:
        parts.append(rest[at : at + size])
        at += size
    return known, parts
