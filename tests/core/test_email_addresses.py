import pytest

from app.core import email_addresses


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("alice@example.com", "alice@example.com"),
        (" Alice.Archer@Example.COM ", "alice.archer@example.com"),
        ("a+tag@mail.example.co.uk", "a+tag@mail.example.co.uk"),
        ("alice@sill.test", "alice@sill.test"),
        ("alice@bücher.example.com", "alice@xn--bcher-kva.example.com"),
        ("o'brien@example.com", "o'brien@example.com"),
    ],
)
def test_addresses_get_one_form(typed, expected):
    assert email_addresses.parse(typed) == expected
    assert email_addresses.parse(expected) == expected


@pytest.mark.parametrize(
    "typed",
    [
        None,
        "",
        "alice",
        "alice@",
        "@example.com",
        "alice@example",
        "a b@example.com",
        "alice@@example.com",
        "alice@example.com\r\nBcc: bob@example.com",
        "alice@localhost",
        "alice@printer.local",
        "zoë@example.com",
        "Alice <alice@example.com>",
        "alice@[127.0.0.1]",
        "a" * 65 + "@example.com",
        "alice@example.com, bob@example.com",
        "x" * 100_000,
    ],
)
def test_what_is_no_address_is_refused(typed):
    assert email_addresses.parse(typed) is None


def test_the_domain():
    assert email_addresses.domain("alice@example.com") == "example.com"
    assert email_addresses.domain("nobody") == ""
