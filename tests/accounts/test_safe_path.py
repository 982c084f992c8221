"""Where one may be sent after signing in: paths of this site, and nothing a browser could read as another."""

import pytest

from app.accounts.forms import safe_path


@pytest.mark.parametrize(
    "path",
    [
        "/w/wells/leads/board", "/w/wells/leads?stage=new&sort=-created", "/invite/abc_DEF-123",
        "/w/wells/leads?next=https://example.com/",
    ],
)  # fmt: skip
def test_paths_of_this_site_pass(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "target",
    [
        None, "", "w/wells", "//evil.example", "///evil.example", "////evil.example/%2f..", "/\\evil.example",
        "/\\/evil.example", "\\\\evil.example", "\\/evil.example", "/%5cevil.example", "/%5Cevil.example",
        "/%255cevil.example", "/%2fevil.example", "/%2f%2fevil.example", "/%252fevil.example", "/%09/evil.example",
        "/\t/evil.example", "/\n/evil.example", "/\r/evil.example", " //evil.example", "\t//evil.example",
        "/%0d%0aLocation:%20https://evil.example", "https://evil.example", "https:evil.example", "http:///evil.example",
        "/.//evil.example", "/w/..//evil.example", "/w/..%2f/evil.example",
        "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example@127.0.0.1",
        "/\u2028/evil.example", "/\u0000/evil", "/caf\u00e9", "?next=/", "#x", "/login", "/logout", "/signup",
        "/login/", "/login?next=/x", "/", "/" + "a" * 3000, "/%ff%fe\\x", "\u2044\u2044evil.example",
    ],
)  # fmt: skip
def test_everything_else_is_refused(target: str | None) -> None:
    assert safe_path(target) is None
