"""How a text message is counted and charged: GSM 03.38's 7-bit alphabet, or UCS-2 as soon as one character is
foreign.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# 3GPP TS 23.038, section 6.2.1: the default alphabet and, at two units each, its extension table.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_GSM_ALONE, _GSM_PART = 160, 153
_UCS2_ALONE, _UCS2_PART = 70, 67

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼ´`", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "),
        **dict.fromkeys("\u200b\u2060\ufeff\u00ad", ""),
        **dict.fromkeys("•·", "-"),
        **dict.fromkeys("\u2028\u2029\u0085", "\n"),
        "Ł": "L",
        "ł": "l",
        "Đ": "D",
        "đ": "d",
        "ı": "i",
        "Œ": "OE",
        "œ": "oe",
        "…": "...",
        "×": "x",
        "™": "TM",
        "©": "(c)",
        "®": "(R)",
        "½": "1/2",
        "¼": "1/4",
        "¾": "3/4",
    }
)
_FOREIGN = re.compile(f"[^{re.escape(''.join(sorted(_BASIC | _EXTENDED)))}]+")
#: What people mean by signs that have no plain letter.
_IN_WORDS = {
    "°": " degrees",
    "→": "->",
    "←": "<-",
    "✓": "yes",
    "✔": "yes",
    "☺": ":)",
    "🙂": ":)",
    "😊": ":)",
    "☹": ":(",
}


@dataclass(frozen=True, slots=True)
class SmsCount:
    """`units` are septets in "GSM-7" and 16-bit units in "UCS-2"; `segments` is how many messages are
    charged.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int


def count(text: str) -> SmsCount:
    """Count a message as a carrier does; an empty one has no segment.

    A character of two units is never split over two segments, so a long message may leave a unit unused in
    each.
    """
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        widths = [2 if letter in _EXTENDED else 1 for letter in text]
        return SmsCount("GSM-7", sum(widths), _segments(widths, _GSM_ALONE, _GSM_PART))
    widths = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return SmsCount("UCS-2", sum(widths), _segments(widths, _UCS2_ALONE, _UCS2_PART))


def gsm_safe(text: str) -> str:
    """Return `text` with what word processors and phones put in (curly quotes, dashes, odd spaces) made
    plain.

    Accents the alphabet lacks are dropped ("Zoë" becomes "Zoe"), so that one letter does not double the
    price; other scripts and emoji stay, and `count` then says UCS-2.
    """
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).translate(_PLAIN)
    return "".join(_nearest(letter) for letter in plain)


def plain(text: str) -> str:
    """`gsm_safe`, with what no plain letter stands for (emoji, other scripts) left out."""
    safe = gsm_safe(text)
    for run, instead in foreign(safe).items():
        safe = safe.replace(run, instead) if instead else safe.replace(f" {run}", "").replace(run, "")
    return safe


def foreign(text: str) -> dict[str, str]:
    """What stands in `text` outside the alphabet, run by run, the longest first, and what may stand there instead.

    An emoji of several characters is one run. "" is for what is left out, the space before it included.
    """
    runs = set(_FOREIGN.findall(text))
    return {run: _IN_WORDS.get(run.strip("\ufe0f"), "") for run in sorted(runs, key=lambda run: (-len(run), run))}


def room(counted: SmsCount) -> int:
    """How many units fit into the parts that a message has (into one, for an empty one)."""
    alone, part = (_GSM_ALONE, _GSM_PART) if counted.encoding == "GSM-7" else (_UCS2_ALONE, _UCS2_PART)
    return alone if counted.segments < 2 else part * counted.segments


def _nearest(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENDED:
        return letter
    bare = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return bare if bare and all(part in _BASIC for part in bare) else letter


def _segments(widths: Iterable[int], alone: int, part: int) -> int:
    widths = list(widths)
    if sum(widths) <= alone:
        return 1 if widths else 0
    segments, used = 1, 0
    for width in widths:
        if used + width > part:
            segments, used = segments + 1, 0
        used += width
    return segments
