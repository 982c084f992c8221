"""Documents: kept as they came, after a look at their outline."""

import io
import re
import zipfile

from bounds import Refused

LARGEST_TEXT = 2 * 1024 * 1024
MOST_ENTRIES, MOST_UNFOLDED = 5_000, 500 * 1024 * 1024

OPEN_XML = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
OPEN_DOCUMENTS = {f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")}
MARKUP = re.compile(
    rb"<\s*(?:!doctype|\?xml|/?(?:html|head|body|script|svg|iframe|object|embed|style|link|meta|math|img|form|video"
    rb"|audio|base|template|xsl:)\b)",
    re.IGNORECASE,
)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")


def pdf(content: bytes) -> str:
    """A PDF that is nothing else besides."""
    if MARKUP.search(content[:1024]) or zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused("two_kinds")
    if b"%%EOF" not in content[-2048:]:
        raise Refused("broken")
    return "application/pdf"


def text(content: bytes) -> str:
    """Plain text in UTF-8 without a tag of any page or drawing language."""
    if MARKUP.search(content[:LARGEST_TEXT]):
        raise Refused("markup")
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("unknown") from None
    if len(content) > LARGEST_TEXT or CONTROLS.search(words) or not words.strip():
        raise Refused("unknown")
    return "text/plain"


def office(content: bytes) -> str:
    """A document of Word, Excel, PowerPoint or LibreOffice without macros, by the list of its parts alone."""
    if b"%PDF-" in content[:1024] or content[-22:-18] != b"PK\x05\x06":
        raise Refused("two_kinds")
    if int.from_bytes(content[-12:-10], "little") > MOST_ENTRIES:
        raise Refused("unfolds")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        entries = parts.infolist()
        names = {entry.filename for entry in entries}
        if not entries or min(entry.header_offset for entry in entries) != 0:
            raise Refused("two_kinds")
        packed, unfolded = (sum(getattr(each, size) for each in entries) for size in ("compress_size", "file_size"))
        if unfolded > MOST_UNFOLDED or packed > len(content) or len(names) < len(entries):
            raise Refused("unfolds")
        if any(re.search(r"vbaproject|/activex/|^basic/|^scripts/|macrosheets/", name, re.I) for name in names):
            raise Refused("macros")
        if "[Content_Types].xml" in names:
            found = [kind for folder, kind in OPEN_XML.items() if any(name.startswith(folder) for name in names)]
            if len(found) == 1:
                return found[0]
        if entries[0].filename == "mimetype" and entries[0].file_size < 100:
            kind = parts.read(entries[0]).decode("ascii", "replace")
            if kind in OPEN_DOCUMENTS:
                return kind
    raise Refused("archive")
