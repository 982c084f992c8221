"""What can be done with imports. One file a verb; this page lists them."""

from app.imports.services.beginning import begin
from app.imports.services.bringing_in import bring_in_some, fail_next
from app.imports.services.checking import check_some
from app.imports.services.choosing import locked_import, map_columns
from app.imports.services.ending import asked_by, end
from app.imports.services.forgetting import FORGET, forget_left, forget_rows, let_go
from app.imports.services.reporting import problem_file
from app.imports.services.steering import WORK, cancel, check, drop_check, run, undo
from app.imports.services.undoing import undo_some

__all__ = [
    "FORGET", "WORK", "asked_by", "begin", "bring_in_some", "cancel", "check", "check_some", "drop_check", "end",
    "fail_next", "forget_left", "forget_rows", "let_go", "locked_import", "map_columns", "problem_file", "run", "undo",
    "undo_some",
]  # fmt: skip
