import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.names import first_name, initials, split_name


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


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Mrs Hannah Cole", ("Mrs", "Hannah", "Cole")),
        ("Madonna", ("", "", "Madonna")),
        ("Mr & Mrs Jones", ("Mr", "", "& Mrs Jones")),
        ("Jo and Sam Hill", ("", "", "Jo and Sam Hill")),
        ("Smith, John", ("", "John", "Smith")),
        ("SMITH,JOHN PAUL", ("", "JOHN PAUL", "SMITH")),
        ("van der Berg, Anna", ("", "Anna", "van der Berg")),
        ("Smith, Mrs Jane", ("Mrs", "Jane", "Smith")),
        ("Smith, Jane, Mrs.", ("Mrs", "Jane", "Smith")),
        ("Smith, Jane (Mrs)", ("Mrs", "Jane", "Smith")),
        ("Mrs Smith, Jane", ("Mrs", "Jane", "Smith")),
        ("Smith, Dr. J.", ("Dr.", "J.", "Smith")),
        ("Smith, Mrs", ("Mrs", "", "Smith")),
        ("Smith, John and Mary", ("", "John and Mary", "Smith")),
        ("Smith, Mr John & Mrs Mary", ("Mr", "John & Mrs Mary", "Smith")),
        ("Smith, Mr & Mrs", ("Mr & Mrs", "", "Smith")),
        ("Smith,", ("", "", "Smith")),
        (", John", ("", "", "John")),
        ("John Smith, MBE", ("", "John", "Smith MBE")),
        ("Acme Windows, Ltd.", ("", "Acme", "Windows Ltd.")),
        (",", ("", "", "")),
        ("", ("", "", "")),
        (None, ("", "", "")),
    ],
)
def test_the_parts_of_a_name(name, parts):
    assert split_name(name) == parts


@given(st.text())
def test_no_word_of_a_name_is_lost(text):
    kept = "".join(split_name(text))
    assert all(letter in kept for letter in text if letter.isalnum())


@given(st.text())
def test_nothing_typed_breaks_it(text):
    assert 1 <= len(initials(text)) <= 2
    assert first_name(text).strip() == first_name(text)
