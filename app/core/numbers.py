"""Whole numbers that came as text."""


def whole_number(text: str | None, most: int = 999_999_999) -> int | None:
    """The number that plain digits say; None for anything else, and for one above `most`.

    Python itself fails (ValueError) at a text of thousands of digits, and takes the digits of any script.
    """
    if not text or not text.isascii() or not text.isdecimal() or len(text) > 18:
        return None
    number = int(text)
    return number if number <= most else None


def read_version(text: str | None) -> int:
    """The version of a row that a form showed; one that can't be read counts as -1, which nobody has seen."""
    number = whole_number(text)
    return -1 if number is None else number
