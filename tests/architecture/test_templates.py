"""Nothing on the shelf that nobody takes: templates, icons and scripts are all used, and all that is used is there."""

import re
from pathlib import Path

from app.config import ROOT

TEMPLATES = ROOT / "templates"
#: Taken by a name that is put together: an error by its status, a step of the customer's quote by its word.
BY_PUT_TOGETHER_NAMES = re.compile(r"errors/\d{3}\.html|quotes/(decline|question)\.html")
#: Their one answer is typed anew when it was refused.
KEEPING_NOTHING = {"_row_word.html", "_uncertain.html"}


def texts(*patterns: str) -> dict[Path, str]:
    return {file: file.read_text() for pattern in patterns for file in sorted(ROOT.glob(pattern)) if file.is_file()}


def test_every_template_is_used() -> None:
    code = "".join(texts("app/**/*.py", "templates/**/*").values())
    named = set(re.findall(r"[\"']([\w/.-]+\.(?:html|txt))[\"']", code))
    there = {str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*") if file.is_file()}
    assert {name for name in there - named if not BY_PUT_TOGETHER_NAMES.fullmatch(name)} == set()


def test_every_guarded_form_says_when_what_it_holds_was_refused() -> None:
    for file, text in texts("templates/**/*.html").items():
        for form in re.findall(r"<form[^>]*?data-guard(?:[^>%]|%(?!\})|%\}|->)*>", text):
            assert re.search(r"data-(dirty|unsaved)", form) or file.name in KEEPING_NOTHING, (file, form)


def test_every_icon_is_used_and_every_icon_used_is_there() -> None:
    sprite = (ROOT / "static/vendor/icons.svg").read_text()
    there = set(re.findall(r'<symbol id="([\w-]+)"', sprite))
    assert there == set((ROOT / "static/vendor/icons.txt").read_text().split())
    code = "".join(texts("app/**/*.py", "templates/**/*.html", "static/js/**/*.js").values())
    assert {name for name in there if not re.search(f"[\"'#]{name}[\"']", code)} == set()
    assert set(re.findall(r"\bicon\('([\w-]+)'", code)) <= there


def test_every_script_is_loaded() -> None:
    code = "".join(texts("app/**/*.py", "templates/**/*.html", "static/js/**/*.js").values())
    scripts = [file for file in texts("static/js/**/*.js") if file.name not in code]
    assert scripts == []
