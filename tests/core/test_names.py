import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.names import first_name, initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Alice Smith", "AS"),
        ("alice", "A"),
        ("Mr & Mrs Jones", "J"),
        ("Dr Ann Lee-Jones", "AL"),
        ("", "?"),
        (None, "?"),
        ("J. R. R. Tolkien", "JT"),
        ("Smith, Jane", "JS"),
        ("(none)", "N"),
        ("Mr", "M"),
        ("éva nagy", "ÉN"),
        ("!!!", "?"),
    ],
)
def test_initials(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Alice Smith", "Alice"),
        ("Mrs Jane Smith", "Jane"),
        ("Mr Jones", "Mr Jones"),
        ("", ""),
        (None, ""),
        ("Mr & Mrs Jones", "Mr & Mrs Jones"),
        ("J Smith", "J Smith"),
        ("SMITH, JANE", "Jane"),
        ("jane smith", "Jane"),
        ("Jo and Sam Hill", "Jo and Sam Hill"),
        ("jean-paul roux", "Jean-Paul"),
        ("McKenzie", "McKenzie"),
    ],
)
def test_first_names(name, greeting):
    assert first_name(name) == greeting


@given(st.text())
def test_nothing_typed_breaks_it(text):
    assert 1 <= len(initials(text)) <= 2
    assert first_name(text).strip() == first_name(text)
