"""Pictures: drawn anew, so that nothing of the file is left but its pixels."""

import io
import re
from importlib import import_module
from typing import Any  # Pillow is not imported for documents

from bounds import Refused, shut

LONGEST_SIDE = 2560  # px: sharp on any screen, and a tenth of a phone's picture
THUMB_SIDE = 288  # px: 96 on a screen of three pixels a point
LARGEST_PNG = 3 * 1024 * 1024
#: JPEG is decoded at a fraction of its size; all others have to be unfolded whole.
MOST_PIXELS = {"JPEG": 100_000_000}
MOST_PIXELS_WHOLE = 50_000_000
#: Of a JPEG: each takes as long as a picture, however small it is. Cameras and programs write ten.
MOST_SCANS = 100
#: What begins a part of a JPEG; it does not come within pixels.
MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])", re.DOTALL)
_OWN = {"WEBP": ("PIL.WebPImagePlugin",), "AVIF": ("PIL.AvifImagePlugin",)}


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
    if image.mode not in ("L", "RGB", "RGBA", "CMYK"):
        image = plain(image)
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = in_srgb(ImageOps.exif_transpose(image))
    image.info.clear()  # comment, profile and resolution would be written again
    opaque = on_white(image)
    main, content_type = b"", "image/png"
    if kind in ("PNG", "GIF"):  # drawings and screenshots stay sharp
        main = saved(image, "PNG")
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
