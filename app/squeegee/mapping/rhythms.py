"""Our frequencies to Squeegee's."""

from dataclasses import dataclass
from typing import Literal

from app.leads.models import FREQUENCIES
from app.squeegee.mapping.account import Account

Kind = Literal["weeks", "adhoc", "none"]
KINDS: tuple[Kind, ...] = ("weeks", "adhoc", "none")
MOST_WEEKS = 52


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often in Squeegee: every `interval` weeks, ad hoc (then no interval), or not taken there ("none")."""

    kind: Kind
    interval: int | None = None

    def as_data(self) -> dict[str, str | int]:
        """The way it is kept."""
        return {"kind": self.kind} | ({"interval": self.interval} if self.interval is not None else {})


def usual_rhythm(frequency: str) -> Rhythm:
    """What one of FREQUENCIES is in Squeegee while nobody has said otherwise."""
    weeks = FREQUENCIES[frequency]
    return Rhythm("weeks", weeks) if weeks else Rhythm("adhoc")


def rhythm_of(frequency: str | None, account: Account) -> Rhythm | None:
    """What a frequency is in this Squeegee; None while the lead's is not known."""
    if frequency not in FREQUENCIES:
        return None
    kept = (account.frequencies or {}).get(frequency)
    if not kept or kept.get("kind") not in KINDS:
        return usual_rhythm(frequency)
    return Rhythm(kept["kind"], kept.get("interval") if kept["kind"] == "weeks" else None)
