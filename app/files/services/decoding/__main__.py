"""Looks at one upload in a process of its own: what it is by its content, and pictures made anew.

A program, not a part of the app (services/examining.py starts it): bytes come in on stdin; out go one line of JSON and
then, for a picture, the new picture and its thumbnail. Whatever hides in a file meets a process that has no secrets, no
database and no files to write, and that the system ends when it takes too much. Nothing of Sill is imported here.
"""

import codecs
import json
import sys

from bounds import Refused, bound, shut
from documents import office, pdf, text
from pictures import picture


def kind_of(content: bytes) -> str:
    """What the first bytes say: a picture's format as Pillow names it, or pdf, zip, old_office, text."""
    for beginning, kind in (
        (b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"GIF87a", "GIF"), (b"GIF89a", "GIF"),
        (b"%PDF-", "pdf"), (b"PK\x03\x04", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_office"),
    ):  # fmt: skip
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content[4:8] == b"ftyp":
        brands = content[8 : max(16, min(int.from_bytes(content[:4], "big"), 256))]
        named = {brands[at : at + 4] for at in range(0, len(brands), 4)}
        if named & {b"avif", b"avis"}:
            return "AVIF"
        if named & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}:
            return "HEIF"
    return "text"


def examine(content: bytes) -> tuple[dict[str, object], list[bytes]]:
    """What is known of the file, and the new picture and thumbnail if it is one. Raises Refused."""
    kind = kind_of(content)
    if kind.isupper():
        return picture(content, kind)
    for codec in ("utf-8-sig", "cp437", "ascii"):
        codecs.lookup(codec)
    shut()
    document = {"pdf": pdf, "zip": office, "text": text}.get(kind)
    if document is None:
        raise Refused(kind)
    return {"kind": "document", "content_type": document(content)}, []


def main() -> None:
    """Read, look, answer. What no decoder understands is broken; only the code of the reason comes out."""
    sys.path += sys.argv[1:]  # where Pillow is, should this Python not know
    content = sys.stdin.buffer.read()
    bound()
    try:
        known, parts = examine(content)
    except Refused as reason:
        known, parts = {"refused": str(reason)}, []
    except MemoryError:
        known, parts = {"refused": "pixels"}, []
    except Exception:
        known, parts = {"refused": "broken"}, []
    head = json.dumps({**known, "sizes": [len(part) for part in parts]})
    sys.stdout.buffer.write(b"".join([head.encode(), b"\n", *parts]))


if __name__ == "__main__":
    main()
