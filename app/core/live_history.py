"""What was said to the open pages of a workspace lately, for the page that was made before and listens only now."""

from collections import deque

#: How long, and how many topics of a workspace, are kept.
KEPT_SECONDS, MOST_TOPICS = 30.0, 2_000
#: How far the clocks of the machine that made a page and of this one may be apart, in seconds.
CLOCKS_APART = 0.25


class History:
    """What was said in one workspace lately: when it was heard, by whom, and which topics."""

    def __init__(self) -> None:
        self._said: deque[tuple[float, str | None, list[str]]] = deque()
        self._topics = 0
        self._whole_since = 0.0
        self.heard_at = 0.0

    def add(self, at: float, by: str | None, topics: list[str]) -> None:
        """Keep what was heard, and let go of what is old or too much."""
        self._said.append((at, by, topics))
        self._topics += len(topics)
        self.heard_at = at
        while self._said and (self._topics > MOST_TOPICS or self._said[0][0] < at - KEPT_SECONDS):
            self._whole_since, _, gone = self._said.popleft()
            self._topics -= len(gone)

    def new_to(self, person: str, made_at: float) -> set[str] | None:
        """The topics that the person's page does not show; None when that may be more than is kept.

        What they did themselves before that page it shows. Of what others did then it may not, by another clock.
        """
        others_since = made_at - CLOCKS_APART
        if others_since <= self._whole_since:
            return None
        return {
            topic
            for at, by, topics in self._said
            if at >= (made_at if by == person else others_since)
            for topic in topics
        }
