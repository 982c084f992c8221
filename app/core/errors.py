"""What can go wrong in the product's own words. Messages are shown to people and hold no customer data."""

from typing import Any


class SillError(Exception):
    """Base of the errors that a service raises on purpose."""


class NotFound(SillError):
    """The thing does not exist, or not for this person: the two are never told apart."""


class Forbidden(SillError):
    """The person may see the thing but not do this with it."""


class Invalid(SillError):
    """Input that can't be taken. `errors` maps a field's name to what is wrong and what to do."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("invalid input in: " + ", ".join(sorted(errors)))
        self.errors = errors


class Conflict(SillError):
    """Someone else changed the thing first. `details` carries what the answer shows: theirs, mine, before."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
