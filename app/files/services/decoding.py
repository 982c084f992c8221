"""Looks at one upload in a process of its own: what it is by its content, and pictures made anew.

A program, not a part of the app (services/examining.py starts it): bytes come in on stdin; out go one line of JSON and
then, for a picture, the new picture and its thumbnail. Whatever hides in a file meets a process that has no secrets, no
database and no files to write, and that the system ends when it takes too much. Nothing of Sill is imported here.
"""

import codecs
import io
import json
import re
import resource
import sys
import zipfile
from contextlib import suppress
from importlib import import_module
from typing import Any  # pictures: Pillow is not imported for documents

#: In px: sharp on any screen, and a tenth of a phone's picture; 96 on a screen of three pixels a point.
LONGEST_SIDE, THUMB_SIDE = 2560, 288
LARGEST_PNG, LARGEST_TEXT = 3 * 1024 * 1024, 2 * 1024 * 1024
#: JPEG is decoded at a fraction of its size; all others have to be unfolded whole.
MOST_PIXELS, MOST_PIXELS_WHOLE = {"JPEG": 100_000_000}, 50_000_000
MOST_SCANS = 100  # of a JPEG: each takes as long as a picture, however small it is; cameras and programs write ten
MEMORY, CPU_SECONDS = 768 * 1024 * 1024, 20
MOST_ENTRIES, MOST_UNFOLDED = 5_000, 500 * 1024 * 1024

OPEN_XML = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
OPEN_DOCUMENTS = {f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")}
_OWN = {"WEBP": ("PIL.WebPImagePlugin",), "AVIF": ("PIL.AvifImagePlugin",)}
MARKUP = re.compile(
    rb"<\s*(?:!doctype|\?xml|/?(?:html|head|body|script|svg|iframe|object|embed|style|link|meta|math|img|form|video"
    rb"|audio|base|template|xsl:)\b)",
    re.IGNORECASE,
)
MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])", re.DOTALL)  # begins a part of a JPEG; not within pixels
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")


class Refused(Exception):
    """The file is not taken; the text is a code that examining.py has words for."""


def bound() -> None:
    """Let the system end this process when it takes too much memory or time, or writes a file."""
    limit(RLIMIT_AS=MEMORY, RLIMIT_CPU=CPU_SECONDS, RLIMIT_FSIZE=0, RLIMIT_CORE=0)


def shut() -> None:
    """Let this process open nothing any more, no file and no connection: what it needs is imported by now."""
    limit(RLIMIT_NOFILE=3)


def limit(**limits: int) -> None:
    """Set limits of the system's; one that it does not know is left out."""
    for name, most in limits.items():
        with suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, name), (most, most))


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
        is_heif = named & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}
        return "AVIF" if named & {b"avif", b"avis"} else "HEIF" if is_heif else "text"
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


def picture(content: bytes, kind: str) -> tuple[dict[str, object], list[bytes]]:
    """The picture drawn anew: upright, in sRGB, at most LONGEST_SIDE, with nothing from the file but its pixels."""
    from PIL import Image, ImageOps
    if kind == "JPEG" and scans(content) > MOST_SCANS:
        raise Refused("steps")
    Image.MAX_IMAGE_PIXELS = None  # the limits here are by format and stricter
    image = opened(content, kind)
    width, height = image.size
    if min(width, height) < 1 or width * height > MOST_PIXELS.get(kind, MOST_PIXELS_WHOLE):
        raise Refused("pixels")
    image = image if image.mode in ("L", "RGB", "RGBA", "CMYK") else plain(image)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = in_srgb(ImageOps.exif_transpose(image))
    image.info.clear()  # comment, profile and resolution would be written again
    opaque = on_white(image)
    # Drawings and screenshots stay sharp.
    main, content_type = saved(image, "PNG") if kind in ("PNG", "GIF") else b"", "image/png"
    if not 0 < len(main) <= LARGEST_PNG:
        main, content_type = saved(opaque, "JPEG", quality=84, progressive=True), "image/jpeg"
    thumb = saved(ImageOps.fit(opaque, (THUMB_SIDE, THUMB_SIDE)), "JPEG", quality=72, progressive=True)
    known = {"kind": "photo", "content_type": content_type, "width": image.width, "height": image.height}
    return known, [main, thumb]


def scans(content: bytes) -> int:
    """How often a JPEG is gone over before it is whole, as far as it matters; what hangs behind it is not counted."""
    at, count = 2, 0
    while count <= MOST_SCANS and (found := MARKER.search(content, at)) and found[1] != b"\xd9":
        at = found.end() + int.from_bytes(content[found.end() : found.end() + 2], "big")
        count += found[1] == b"\xda"
    return count


def opened(content: bytes, kind: str) -> Any:
    """The picture, not yet decoded. Only its own format's decoder is let near it."""
    from PIL import Image

    # Pillow would fetch these when it comes to need them, and then it can't any more.
    for name in ("copy", "PIL.ImageCms", "PIL.ImageChops", "PIL.ImageMath", "PIL.MpoImagePlugin", *_OWN.get(kind, ())):
        import_module(name)
    Image.preinit()
    if kind == "HEIF":
        try:
            import pillow_heif
        except ImportError:
            raise Refused("heif") from None
        pillow_heif.register_heif_opener(thumbnails=False)
    shut()
    return Image.open(io.BytesIO(content), formats=(kind,))


def plain(image: Any) -> Any:
    """Palettes, 16-bit and other rarities as RGB or RGBA."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def in_srgb(image: Any) -> Any:
    """The same colours without a profile, which phones use and which would have to be kept otherwise."""
    from PIL import ImageCms
    profile = image.info.get("icc_profile")
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile and image.mode != "L":
        try:
            source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, source, target, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image if image.mode in ("L", mode) else image.convert(mode)


def on_white(image: Any) -> Any:
    """The picture without transparency."""
    from PIL import Image
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def saved(image: Any, kind: str, **options: object) -> bytes:
    """The picture as a file."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def main() -> None:
    """Read, look, answer. What no decoder understands is broken; only the code of the reason comes out."""
    sys.path += sys.argv[1:]  # where Pillow is, should this Python not know
    content = sys.stdin.buffer.read()
    bound()
    try:
        known, parts = examine(content)
    except Exception as error:
        why = str(error) if isinstance(error, Refused) else "pixels" if isinstance(error, MemoryError) else "broken"
        known, parts = {"refused": why}, []
    head = json.dumps({**known, "sizes": [len(part) for part in parts]})
    sys.stdout.buffer.write(b"".join([head.encode(), b"\n", *parts]))


if __name__ == "__main__":
    main()
