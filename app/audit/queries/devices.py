"""A browser in a few words, from what it says of itself."""

#: What stands in the header, the first that fits; browsers call themselves by each other's names.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("HeadlessChrome", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
_LONGEST = 40


def device_words(header: str | None) -> str:
    """Such as "Firefox on Windows"; the beginning of what is no browser we know, "" for nothing."""
    if not header:
        return ""
    browser = next((words for mark, words in _BROWSERS if mark in header), "")
    system = next((words for mark, words in _SYSTEMS if mark in header), "")
    known = f"{browser} on {system}" if browser and system else browser or system
    return known or " ".join(header.split("/", 1)[0].split())[:_LONGEST]
