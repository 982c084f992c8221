"""What was said to the open pages of a workspace lately, for the page that was made or told before and listens now."""

from collections import deque
from uuid import UUID

#: How long, and how many topics of a workspace, are kept.
KEPT_SECONDS, MOST_TOPICS = 60.0, 2_000
#: How far the clocks of the machine that made a page and of one that changed something may be apart, in seconds.
CLOCKS_APART = 0.25


class History:
    """What was said in one workspace lately: when it was heard, when said, by whom, and which topics."""

    def __init__(self) -> None:
        self._said: deque[tuple[float, float, str | None, list[str]]] = deque()
        self._topics = 0
        self._whole_since = 0.0
        self.heard_at = 0.0

    def add(self, heard_at: float, said_at: float, by: str | None, topics: list[str]) -> None:
        """Keep what was heard now, and let go of what is old or too much."""
        self._said.append((heard_at, said_at, by, topics))
        self._topics += len(topics)
        self.heard_at = heard_at
        while self._said and (self._topics > MOST_TOPICS or self._said[0][0] < heard_at - KEPT_SECONDS):
            self._whole_since, _, _, gone = self._said.popleft()
            self._topics -= len(gone)

    def new_to(self, until: float, acts_of: UUID | None) -> set[str] | None:
        """The topics that are new to a page that knows what was said until then; None when it may be more than is kept.

        Another clock may have been behind, and what was said earlier may have come later; so a little of what it knows
        is among them, but for the acts of one person.
        """
        others_until = until - CLOCKS_APART
        if others_until <= self._whole_since:
            return None
        person = str(acts_of) if acts_of else None
        return {
            topic
            for heard_at, said_at, by, topics in self._said
            if (said_at >= until if by and by == person else heard_at >= others_until)
            for topic in topics
        }
