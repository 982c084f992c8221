"""What was said to the open pages of a workspace lately, for the page that was made or told before and listens now."""

from collections import deque
from uuid import UUID

#: How long, and how many topics of a workspace, are kept.
KEPT_SECONDS, MOST_TOPICS = 60.0, 2_000
#: How far the clocks of the machine that made a page and of one that changed something may be apart, in seconds.
CLOCKS_APART = 0.25


class History:
    """What was said in one workspace lately: when, by whom, and which topics."""

    def __init__(self) -> None:
        self._said: deque[tuple[float, str | None, list[str]]] = deque()
        self._topics = 0
        self._whole_since = 0.0
        self.said_at = 0.0

    def add(self, at: float, by: str | None, topics: list[str]) -> None:
        """Keep what was said at a time, and let go of what is old or too much."""
        self._said.append((at, by, topics))
        self._topics += len(topics)
        self.said_at = at
        while self._said and (self._topics > MOST_TOPICS or self._said[0][0] < at - KEPT_SECONDS):
            lost_at, _, gone = self._said.popleft()
            self._whole_since = max(self._whole_since, lost_at)
            self._topics -= len(gone)

    def new_to(self, until: float, acts_of: UUID | None) -> set[str] | None:
        """The topics that are new to a page that knows what was said until then; None when it may be more than is kept.

        Another clock may have been behind, so a little of what it knows is among them, but for the acts of one person.
        """
        others_until = until - CLOCKS_APART
        if others_until <= self._whole_since:
            return None
        person = str(acts_of) if acts_of else None
        return {
            topic
            for at, by, topics in self._said
            if at >= (until if by and by == person else others_until)
            for topic in topics
        }
