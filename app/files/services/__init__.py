"""What can be done with files. One file a verb; this page lists them."""

from app.files.services.adding import MOST_FILES, add_file
from app.files.services.examining import ExaminerFailed
from app.files.services.keeping import delete_variants, open_variant
from app.files.services.removing import ERASED_AFTER, remove_file, restore_file

__all__ = [
    "ERASED_AFTER", "MOST_FILES", "ExaminerFailed", "add_file", "delete_variants", "open_variant", "remove_file",
    "restore_file",
]  # fmt: skip
