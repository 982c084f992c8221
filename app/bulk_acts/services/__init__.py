"""What can be done with bulk acts. One file a verb; this page lists them."""

from app.bulk_acts.services.kinds import KINDS
from app.bulk_acts.services.running import RUN, do_some, locked_act, undo_some
from app.bulk_acts.services.starting import Request, selected_ids, start_act
from app.bulk_acts.services.undoing import stop_or_undo
from app.bulk_acts.services.writing import uncount

__all__ = [
    "KINDS", "RUN", "Request", "do_some", "locked_act", "selected_ids", "start_act", "stop_or_undo", "uncount",
    "undo_some",
]  # fmt: skip
