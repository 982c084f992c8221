"""Which xdist worker runs which test."""

from xdist.scheduler import LoadScopeScheduling

#: What shares something that is costly to make: a whole installation, or all our files as Python reads them.
TOGETHER = ("tests/e2e/", "tests/faults/", "tests/architecture/test_layout.py")


class TogetherScheduling(LoadScopeScheduling):
    """Each test goes wherever there is room, but those of one of these places to one worker, and first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)
