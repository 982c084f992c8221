"""There are words for every act that is published, wherever in the code its name stands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from app.audit.words import KINDS, WORDS, act_words
from app.config import ROOT
from app.reactions import WORK, WORK_IN_BATCHES

APP = ROOT / "app"
_NAME = re.compile(r"[a-z_]+\.[a-z_]+")
_MADE = re.compile(r"[a-z_]+\.\{[^}]+\}")
#: Texts that look like the name of an event and are none, with what they are. A new one belongs here or has words.
NO_EVENTS = {
    "names of files and modules": {
        "common_passwords.txt", "embedded.json", "embedded.lock", "gevent.monkey", "hooks.json",
        "postmaster.pid", "program.py", "redis.conf", "redis.log", "redis.pid", "run.env", "secrets.json",
        "secrets.lock", "simulators.mailbox", "simulators.squeegee", "worker.py",
    },
    "columns": {"users.id", "workspaces.id"},
    "fields of Squeegee's": {
        "address.text", "customer.address", "customer.email", "customer.name", "customer.phone",
        "customer.reference", "work.first_date", "work.initial_date", "work.kind", "work.notes", "work.price",
        "work.service_ids", "work.tags", "work.weeks",
    },
    "keys within the server": {"sill.request", "sill.route", "wsgi.input", "twilio.com", "health.healthz"},
    "beginnings of sequences, which are stages": {"lead.declined", "lead.lost"},
    "lines of the timeline alone": {"appointment.set", "quote.replaced"},
}  # fmt: skip
#: Names that are put together, by the file they are made in, and all that comes of them.
PUT_TOGETHER = {
    "app/exports/services/ending.py": {"export.done", "export.failed"},
    "app/imports/services/ending.py": {"import.done", "import.undone", "import.cancelled", "import.failed"},
    "app/imports/services/steering.py": {"import.checking", "import.running", "import.undoing"},
    "app/followups/services/carrying_out.py": {"follow_up.done", "follow_up.skipped", "follow_up.cancelled"},
    "app/squeegee/services/states.py": {"transfer.failed", "transfer.partial"},
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for file in sorted(APP.rglob("*.py")):
        if file != Path(APP / "audit" / "words.py"):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text())


def texts(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _NAME.fullmatch(node.value):
            yield node.value


def test_every_act_that_is_published_has_words(app: Flask) -> None:
    """Whatever text in the code looks like an event's name has words, unless it is known to be something else."""
    known = {name for names in NO_EVENTS.values() for name in names} | {*WORK, *WORK_IN_BATCHES, *app.view_functions}
    missing = {
        (name, file) for file, tree in sources() for name in texts(tree) if name not in WORDS and name not in known
    }
    assert missing == set()


def test_names_that_are_put_together_are_known() -> None:
    found = {
        file
        for file, tree in sources()
        if "/services/" in file and "/bench/" not in file
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and _MADE.fullmatch(ast.unparse(node)[2:-1])
    }
    assert found == set(PUT_TOGETHER)
    assert set().union(*PUT_TOGETHER.values()) <= set(WORDS)


def test_each_act_is_of_one_kind() -> None:
    assert sum(len(acts) for _, acts in KINDS.values()) == len(WORDS)
    assert all(words[0].isupper() and not words.endswith(".") for words in WORDS.values())


def test_an_act_without_words_reads_as_its_name() -> None:
    assert act_words("gutter_brush.was_lost") == "Gutter brush was lost"
