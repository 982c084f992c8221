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
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # marks that turn the writing round ("exe.gpj") are Cf


def clean_name(given: str, content_type: str) -> str:
    """A name fit to be shown and to save under: no folders, no hidden marks, and the ending of what the file is.

    "C:\\photos\\front.HEIC" of a JPEG becomes "front.jpg"; nothing becomes "photo.jpg" or "document.pdf".
    """
    endings = _ENDINGS[content_type]
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    name = "".join(" " if letter.isspace() else letter for letter in name)
    name = "".join(letter for letter in name if unicodedata.category(letter) not in _UNPRINTABLE)
    name = re.sub(r'[<>:"|?*]', "", " ".join(name.split())).strip(". ")
    ending = PurePath(name).suffix.lower()
    stem = name[: len(name) - len(ending)] if re.fullmatch(r"\.[a-z0-9]{1,5}", ending) else name
    doubled = next((each for each in endings if stem.lower().endswith(each)), "")
    stem = stem[: len(stem) - len(doubled)].strip(". ")
    stem = stem or ("photo" if content_type.startswith("image/") else "document")
    return stem[: _LONGEST - 5] + (ending if ending in endings else endings[0])
