"""The shape of the code: what a folder may hold, how long a file may be, who may commit and who may see a request."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import ROOT

APP = ROOT / "app"
FEATURES = sorted(
    folder for folder in APP.iterdir() if (folder / "__init__.py").exists() and folder.name not in ("core", "embedded")
)
#: What a feature is made of; each may be a folder of the same name.
PARTS = {
    "__init__", "models", "services", "queries", "forms", "views", "jobs", "permissions", "events", "ports", "words",
}  # fmt: skip
LONGEST_FILE = {".py": 250, ".html": 90, ".js": 150, ".css": 250}
LONGEST_TEST_FILE = 300
LONGEST_FUNCTION = 40
NAMELESS = re.compile(r"^(utils?|helpers?|managers?|common|misc|shared_code)$")
REQUEST_NAMES = {"request", "session", "current_user", "flash", "g"}


def sources(*folders: str) -> Iterator[Path]:
    """Our own Python files."""
    for folder in folders or ("app", "tests", "simulators", "bench"):
        yield from (file for file in (ROOT / folder).rglob("*.py") if "__pycache__" not in file.parts)


@pytest.fixture(scope="module")
def trees() -> dict[Path, ast.Module]:
    """What our own Python files, but for the tests, say; read once and then let go."""
    return {file: ast.parse(file.read_text()) for file in sources("app", "simulators", "bench")}


def shown(file: Path) -> str:
    return str(file.relative_to(ROOT))


def own_files(suffix: str) -> Iterator[Path]:
    if suffix == ".py":
        yield from sources()
        return
    for folder in ("templates", "static", "simulators"):
        for file in (ROOT / folder).rglob(f"*{suffix}"):
            if not {"vendor", "dist"} & set(file.parts):
                yield file


def test_the_top_holds_no_more_pages_and_programs_than_are_started_from_there() -> None:
    lying = {file.name for file in ROOT.iterdir() if file.suffix in (".css", ".html", ".js", ".png", ".py")}
    assert lying == {"gunicorn.conf.py", "worker.py", "wsgi.py"}


@pytest.mark.parametrize("suffix", LONGEST_FILE)
def test_no_file_is_too_long(suffix: str) -> None:
    long = {}
    for file in own_files(suffix):
        length = len(file.read_text().splitlines())
        if length > (LONGEST_TEST_FILE if "tests" in file.parts else LONGEST_FILE[suffix]):
            long[shown(file)] = length
    assert long == {}


def test_no_function_is_too_long(trees: dict[Path, ast.Module]) -> None:
    """The body counts, not what is said about it, nor the routes inside a function that makes a blueprint."""
    long = {}
    for file, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and length_of(node) > LONGEST_FUNCTION:
                long[f"{shown(file)}:{node.name}"] = length_of(node)
    assert {name: length for name, length in long.items() if name not in LISTS} == {}


def length_of(node: ast.FunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    inner = [each for each in body if isinstance(each, ast.FunctionDef)]
    return sum((each.end_lineno or 0) - each.lineno + 1 for each in body) - sum(map(length_of, inner))


#: Functions that are one list from top to bottom.
LISTS = {"app/config.py:load_config": "a line for each setting"}


def test_features_are_made_of_the_same_parts() -> None:
    strange = [
        shown(entry)
        for feature in FEATURES
        for entry in feature.iterdir()
        if entry.name != "__pycache__" and entry.stem not in PARTS | EXTRA_PARTS.get(feature.name, set())
    ]
    assert strange == []


#: Parts that only one feature has, with the reason.
EXTRA_PARTS = {
    "accounts": {"commands"},
    "bench": {"commands"},
    "activities": {"prose"},  # how lines of the timeline are told
    "keys": {"commands"},
    "followups": {"defaults"},  # data: the sequences that every workspace starts with
    "messaging": {"defaults", "transports"},  # data: the first words; one folder a provider
    "squeegee": {"adapters", "mapping"},  # one adapter a way into Squeegee; mapping says what becomes of what
    "workspaces": {
        "commands",
        "defaults",
        "demo",
        "layout",
    },  # data, and what fills the desk's frame
}


def test_no_name_says_nothing() -> None:
    names = [file for file in sources("app") if NAMELESS.match(file.stem) or NAMELESS.match(file.parent.name)]
    assert [shown(file) for file in names] == []


def test_one_place_commits(trees: dict[Path, ast.Module]) -> None:
    commits = {
        shown(file)
        for file in sources("app")
        for node in ast.walk(trees[file])
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    }
    assert commits == {"app/core/transactions.py"}


def test_below_the_views_nobody_sees_the_request(trees: dict[Path, ast.Module]) -> None:
    seen = []
    for file in sources(*(f"app/{feature.name}" for feature in FEATURES)):
        part = file.relative_to(APP).parts[1].removesuffix(".py")
        if part in ("views", "layout", "commands"):
            continue
        for node in ast.walk(trees[file]):
            if isinstance(node, ast.ImportFrom) and node.module in ("flask", "flask_login"):
                names = {alias.name for alias in node.names} & REQUEST_NAMES
                seen += [f"{shown(file)}: {name}" for name in sorted(names)]
    assert seen == []


def test_public_functions_say_what_they_do(trees: dict[Path, ast.Module]) -> None:
    silent = [
        f"{shown(file)}:{node.name}"
        for file in sources("app")
        for node in trees[file].body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        if ast.get_docstring(node) is None
    ]
    assert silent == []


def test_public_functions_are_typed(trees: dict[Path, ast.Module]) -> None:
    untyped = []
    for file in sources("app"):
        for node in trees[file].body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                if node.returns is None or any(argument.annotation is None for argument in given):
                    untyped.append(f"{shown(file)}:{node.name}")
    assert untyped == []


INLINE = {
    "an inline style": re.compile(r"\sstyle\s*="),
    "an inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']"),
    "an inline stylesheet": re.compile(r"<style\b(?![^>]*\bnonce=)"),
    "a script without a source": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>"),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
}


def test_pages_have_nothing_inline() -> None:
    found = [
        f"{shown(file)}: {what}"
        for file in (ROOT / "templates").rglob("*.html")
        if "emails" not in file.parts
        for what, pattern in INLINE.items()
        if pattern.search(file.read_text())
    ]
    assert found == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|Not" + r"Implemented(Error)?)\b")
    files = [*sources(), *own_files(".html"), *own_files(".js"), *own_files(".css")]
    assert [shown(file) for file in files if marks.search(file.read_text())] == []
