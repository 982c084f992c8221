"""Which forms of a page hold what is in no store: leaving them warns, and live refreshes leave them alone."""

import re


def unsaved_forms(text: str) -> list[str]:
    """The addresses of the forms that come marked as not saved."""
    marked = [tag for tag in re.findall(r"<form[^>]*>", text) if re.search(r"\sdata-(?:dirty|unsaved)\b", tag)]
    return [re.findall(r'action="([^"]*)"', tag)[0] for tag in marked]
