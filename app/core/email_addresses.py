"""Email addresses in one normal form, without asking the DNS."""

from email_validator import EmailNotValidError, validate_email

_LONGEST_INPUT = 320


def parse(text: str | None) -> str | None:
    """Return the address lower-cased, its domain in ASCII (punycode), or None if it is not one.

    Lower-casing the part before the @ merges what hardly any provider tells apart, and makes equal people
    equal. Only ASCII is allowed there, since many mail servers still refuse the rest. `.test` domains and
    example.com pass, names that cannot receive mail (localhost, .local, .invalid) and anything with a line
    break do not.
    """
    if not text or len(text) > _LONGEST_INPUT:
        return None
    try:
        found = validate_email(
            text.strip(), check_deliverability=False, allow_smtputf8=False, strict=True, test_environment=True
        )
    except EmailNotValidError:
        return None
    return (found.ascii_email or found.normalized).lower()


def domain(address: str) -> str:
    """Return what follows the @, or "" if there is none."""
    return address.rpartition("@")[2] if "@" in address else ""
