"""What can be done with exports. One file a verb; this page lists them."""

from app.exports.services.beginning import AT_ONCE, WORK, Asked, begin
from app.exports.services.ending import FORGET, KEPT, end
from app.exports.services.handing_out import MadeFile, OpenFile, open_file
from app.exports.services.removing import forget, remove
from app.exports.services.writing import Piece, keep_piece, load_export, write_piece

__all__ = [
    "AT_ONCE", "FORGET", "KEPT", "WORK", "Asked", "MadeFile", "OpenFile", "Piece", "begin", "end", "forget",
    "keep_piece", "load_export", "open_file", "remove", "write_piece",
]  # fmt: skip
