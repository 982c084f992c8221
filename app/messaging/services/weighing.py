"""What a text will cost as it is being typed, what makes it dearer than it needs to be, and whether it can arrive."""

from dataclasses import dataclass

from app.core import phones, sms_text
from app.messaging.words import pence, trouble_words
from app.workspaces.queries import current_workspace


@dataclass(frozen=True, slots=True)
class Weight:
    """A text as it will be charged.

    `left` is how many more letters fit into its last part. `cost` is in words, "" where no price is set. `foreign`
    maps what turns the whole text into short parts to what may stand there instead, "" for nothing; `plain_segments`
    and `plain_cost` are what it would be then. `trouble` says why the number can't get texts.
    """

    encoding: str
    units: int
    segments: int
    left: int
    cost: str
    foreign: dict[str, str]
    plain_segments: int
    plain_cost: str
    trouble: str = ""


def weigh(text: str, recipient: str = "") -> Weight:
    """Weigh a text as it is sent: with what word processors put in made plain already."""
    sent = sms_text.gsm_safe(text)
    counted, plain = sms_text.count(sent), sms_text.count(sms_text.plain(sent))
    price = current_workspace().sms_part_price
    return Weight(
        counted.encoding, counted.units, counted.segments, sms_text.room(counted) - counted.units,
        _cost(counted.segments * price), sms_text.foreign(sent), plain.segments, _cost(plain.segments * price),
        _trouble(recipient),
    )  # fmt: skip


def _cost(price: int) -> str:
    return pence(price) if price else ""


def _trouble(recipient: str) -> str:
    phone = phones.parse(recipient) if recipient.strip() else None
    return trouble_words("no_mobile") if phone is not None and phone.kind != "mobile" else ""
