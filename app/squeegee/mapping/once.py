"""Work that is charged once: in words, and which of a lead's extras it is, so that it is not taken for work of every
visit.
"""

import re
from collections.abc import Iterable, Sequence

from app.core.money import format_money

Once = Sequence[tuple[str, int]]

#: By what an extra is known in a quote's line, which may be in the words of whoever wrote it. A conservatory's roof is
#: work of its own.
_NAMES = {
    "inside": r"\b(inside|interior|internal)", "conservatory": r"^(?!.*roof).*\bconservator",
    "conservatory_roof": r"^(?=.*roof).*\bconservator", "extension": r"\bextension", "gutters": r"\bgutter",
    "fascia": r"\b(fascia|soffit)", "solar": r"\bsolar", "velux": r"\b(velux|skylight)",
}  # fmt: skip


def once_words(once: Once) -> str:
    """Such as "Clear all gutters £80, Conservatory roof £60"."""
    return ", ".join(f"{words} {format_money(minor)}" for words, minor in once)


def of_every_visit(extras: Iterable[str], included: Iterable[str], once: Once) -> tuple[str, ...]:
    """The extras without those that a line charged once names, unless one that the price covers names them too."""
    charged, covered = [words for words, _ in once], list(included)
    return tuple(extra for extra in extras if not _named(extra, charged) or _named(extra, covered))


def _named(extra: str, lines: Iterable[str]) -> bool:
    return extra in _NAMES and any(re.search(_NAMES[extra], line, re.IGNORECASE) for line in lines)
