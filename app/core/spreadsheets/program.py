"""Reads one table in a process of its own.

A program, not a part of the app (reading.py starts it): bytes come in on stdin, out goes the table as JSON, or why it
is refused. A file that would take minutes meets a process that has no secrets, gives way to all others, and is ended by
the system when it takes too much.
"""

import codecs
import json
import os
import resource
import sys
from types import ModuleType

MEMORY, CPU_SECONDS = 768 * 1024 * 1024, 10
_CODECS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp437", "ascii")


def bound() -> None:
    """Let the system end this process when it takes too much memory or time, or writes a file."""
    os.nice(10)
    limit(RLIMIT_AS=MEMORY, RLIMIT_CPU=CPU_SECONDS, RLIMIT_FSIZE=0, RLIMIT_CORE=0)


def limit(**limits: int) -> None:
    """Set limits of the system's; one that it does not know is left out."""
    for name, most in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (most, most))
        except (ValueError, OSError, AttributeError):
            continue


def answer(content: bytes, root: str, most_rows: int, most_columns: int) -> dict[str, object]:
    """The table, or in `refused` why it is none: a message by a form's field."""
    # Without the package's own door, which brings Flask along: that takes longer than most files.
    package = ModuleType("app")
    package.__path__ = [os.path.join(root, "app")]
    sys.modules["app"] = package
    from app.core.errors import Invalid
    from app.core.spreadsheets.table_files import reader_of

    read = reader_of(content)
    for codec in _CODECS:
        codecs.lookup(codec)
    limit(RLIMIT_NOFILE=3)  # it opens nothing any more: what it needs is imported by now
    try:
        table = read(content, most_rows=most_rows, most_columns=most_columns)
    except Invalid as error:
        return {"refused": error.errors}
    return {"header": table.header, "rows": table.rows, "kind": table.kind, "notes": table.notes}


def main() -> None:
    """Read, look, answer."""
    root, most_rows, most_columns, *places = sys.argv[1:]
    sys.path += places  # where openpyxl is, should this Python not know
    content = sys.stdin.buffer.read()
    bound()
    try:
        known = answer(content, root, int(most_rows), int(most_columns))
    except MemoryError:
        known = {"refused": {}}  # reading.py has the words
    # Half of an emoji is no text to anybody who reads this.
    sys.stdout.buffer.write(json.dumps(known, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "ignore"))


if __name__ == "__main__":
    main()
