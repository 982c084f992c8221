"""Files for tests, made here: pictures of every kind, documents, and things that pretend to be one."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image, ImageDraw
from werkzeug.test import TestResponse

from tests.support.client import Client


def drawing(size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    """Red at the top left, blue at the bottom right, so that a turn or a mirror image shows."""
    image = Image.new("RGB", size, "white")
    draw, (width, height) = ImageDraw.Draw(image), size
    draw.rectangle([0, 0, width // 4, height // 4], fill="red")
    draw.rectangle([width * 3 // 4, height * 3 // 4, width, height], fill="blue")
    return image.convert(mode)


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: Any) -> bytes:
    """A picture as a file of that kind."""
    target = io.BytesIO()
    drawing(size, mode).save(target, kind, **options)
    return target.getvalue()


def photo_with_secrets(orientation: int = 6) -> bytes:
    """A JPEG as a phone makes it: turned, with a place, a maker and a comment."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "CanaryMaker"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (51.0, 12.0, 30.0), "W", (2.0, 38.0, 42.0)
    return picture(exif=exif, comment=b"CanaryComment")


def pdf(inside: bytes = b"") -> bytes:
    """The least of a PDF."""
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + inside + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def office(folder: str = "word/", extra: dict[str, bytes] | None = None) -> bytes:
    """A document of Word (or xl/, ppt/) as far as its parts show."""
    return zipped({"[Content_Types].xml": b"<Types/>", f"{folder}document.xml": b"<w/>", **(extra or {})})


def zipped(parts: dict[str, bytes]) -> bytes:
    """A ZIP of the given parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def png_bomb(side: int) -> bytes:
    """A PNG of a few bytes that says it is `side` by `side` pixels and begins to unfold to as many."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + side * 3)
    rows = b"".join(packer.compress(row) for _ in range(200)) + packer.flush()
    parts = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def send(client: Client, lead: Any, content: bytes, name: str = "front.jpg", **options: Any) -> TestResponse:
    """Add a file to a lead as the page does."""
    headers = {"X-File-Name": name, "Content-Type": "application/octet-stream"}
    return client.post(f"/w/{client.slug}/leads/{lead.id}/files", data=content, headers=headers, **options)


def jpeg_of_scans(scans: int, side: int = 10_000) -> bytes:
    """A grey JPEG that is gone over so often before it is whole: each time takes as long, and a hundred bytes."""
    blocks = ((side + 7) // 8) ** 2
    dc, ac = b"\0" * ((blocks + 7) // 8), b"\0" * (15 * -(-blocks // 2**14) // 8 + 1)  # nothing, in the shortest code
    tables = b"\xff\xdb\0\x43\0" + b"\1" * 64 + b"".join(
        b"\xff\xc4\0\x14" + kind + b"\1" + b"\0" * 15 + symbol for kind, symbol in ((b"\0", b"\0"), (b"\x10", b"\xe0"))
    )  # fmt: skip
    frame = b"\xff\xc2\0\x0b\x08" + side.to_bytes(2, "big") * 2 + b"\1\1\x11\0"
    head, again = (b"\xff\xda\0\x08\1\1\0" + spectrum + b"\0" for spectrum in (b"\0\0", b"\1\x3f"))
    return b"\xff\xd8" + tables + frame + head + dc + (again + ac) * (scans - 1) + b"\xff\xd9"
