"""What of an account the mapping reads: a saved one, or one that is being typed and only previewed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class Account(Protocol):
    """What is whose in Squeegee. `models.SqueegeeAccount` is one; its comments say what each holds."""

    @property
    def service_ids(self) -> Mapping[str, str]:
        """Our services and extras to the ids of theirs."""
        ...

    @property
    def frequencies(self) -> Mapping[str, Mapping[str, Any]]:
        """Our frequencies to theirs."""
        ...

    @property
    def tags(self) -> Sequence[str] | None:
        """Patterns of tags; None for the default."""
        ...

    @property
    def notes_template(self) -> str:
        """How a job's notes are put together; empty for the default."""
        ...

    @property
    def rounds(self) -> Sequence[Mapping[str, Any]]:
        """Which round works where."""
        ...

    @property
    def file_columns(self) -> Sequence[Mapping[str, str]]:
        """The columns of the batch file; empty for the default."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """An account that is not saved. What is left out follows the defaults."""

    service_ids: Mapping[str, str] = field(default_factory=dict)
    frequencies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tags: Sequence[str] | None = None
    notes_template: str = ""
    rounds: Sequence[Mapping[str, Any]] = ()
    file_columns: Sequence[Mapping[str, str]] = ()
