"""Names of files: a person's word, kept for people only. No path is ever made of one."""

import re
import unicodedata
from pathlib import PurePath

_LONGEST = 120
_ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "application/pdf": (".pdf",),
    "text/plain": (".txt", ".csv"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    "application/vnd.oasis.opendocument.presentation": (".odp",),
}
#: A picture under another picture's ending is nothing to speak of: all of them are drawn anew.
_PICTURES = {".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".heic", ".heif"}
_HOLDS = {"image/jpeg": "a picture", "image/png": "a picture", "application/pdf": "a PDF", "text/plain": "text"}
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # marks that turn the writing round ("exe.gpj") are Cf

_ENDING = re.compile(r"\.[a-z0-9]{1,5}")


def clean_name(given: str, content_type: str) -> str:
    """A name fit to be shown and to save under: no folders, no hidden marks, and the ending of what the file is.

    "C:\\photos\\front.HEIC" of a JPEG becomes "front.jpg"; nothing becomes "photo.jpg" or "document.pdf".
    """
    endings = _ENDINGS[content_type]
    name = _plain(given)
    ending = PurePath(name).suffix.lower()
    stem = name[: len(name) - len(ending)] if _ENDING.fullmatch(ending) else name
    doubled = next((each for each in endings if stem.lower().endswith(each)), "")
    stem = stem[: len(stem) - len(doubled)].strip(". ")
    stem = stem or ("photo" if content_type.startswith("image/") else "document")
    return stem[: _LONGEST - 5] + (ending if ending in endings else endings[0])


def told_apart(given: str, kept: str, content_type: str) -> str:
    """What to say of a file that is not what its name says: "fake.jpg holds text, kept as fake.txt."; or nothing."""
    name = _plain(given)
    ending = PurePath(name).suffix.lower()
    is_picture = content_type.startswith("image/") and ending in _PICTURES
    if not _ENDING.fullmatch(ending) or ending in _ENDINGS[content_type] or is_picture:
        return ""
    return f"{name[-_LONGEST:]} holds {_HOLDS.get(content_type, 'a document')}, kept as {kept}."


def _plain(given: str) -> str:
    """The name without folders, hidden marks and what file systems don't take."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    name = "".join(" " if letter.isspace() else letter for letter in name)
    name = "".join(letter for letter in name if unicodedata.category(letter) not in _UNPRINTABLE)
    return re.sub(r'[<>:"|?*]', "", " ".join(name.split())).strip(". ")
