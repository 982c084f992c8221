"""How an act went with some leads."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID


class Done(dict[UUID, dict[str, Any]]):
    """What each lead was before it was changed. `left` says by a code why others were deliberately left out."""

    def __init__(
        self, before: Mapping[UUID, dict[str, Any]] | None = None, *, left: Mapping[UUID, str] | None = None
    ) -> None:  # fmt: skip
        super().__init__(before or {})
        self.left: dict[UUID, str] = dict(left or {})
