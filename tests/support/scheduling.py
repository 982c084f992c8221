"""Which xdist worker runs which test."""

from xdist.scheduler import LoadScopeScheduling

#: Folders whose tests share a whole installation, which is costly to start.
TOGETHER = ("tests/e2e/", "tests/faults/")


class TogetherScheduling(LoadScopeScheduling):
    """Each test goes wherever there is room, but those of one of these folders to one worker, and first."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid)
