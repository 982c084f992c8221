"""The text of a stranger's HTML, for reading: no tags, nothing that runs, line breaks where a reader would see them."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {"address", "article", "blockquote", "br", "dd", "div", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
     "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul"}
)  # fmt: skip
_SILENT = frozenset({"head", "script", "style", "title", "template", "noscript"})
_BLANKS = re.compile(r"[ \t\u00a0\u200b\u200c\ufeff]+")
_GAPS = re.compile(r"\n{3,}")
_LONGEST, _DEEPEST = 2_000_000, 9


def html_to_text(html: str) -> str:
    """What a reader sees of it. Quoted mail (blockquote, Gmail's and Outlook's marks) gets a > before each line.

    What begins with a tag or a comment that never ends is left out, as browsers do. `close` would look at it again and
    again, which takes hours for a page of nothing but `<!--`.
    """
    reader = _Reader()
    reader.feed(f"{html[:_LONGEST]}\n")
    return _GAPS.sub("\n\n", reader.text()).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._silent = 0
        self._quotes = 0

    def parse_html_declaration(self, i: int) -> int:
        """What begins with <! is a comment, whatever else it says: the library fails at what it doesn't know."""
        return self.parse_comment(i) if self.rawdata.startswith("<!--", i) else self.parse_bogus_comment(i)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._end_line()
        if tag in _SILENT:
            self._silent += 1
        if tag == "blockquote":
            self._quotes += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS and tag not in ("br", "hr"):
            self._end_line()
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag == "blockquote" and self._quotes:
            self._quotes -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line.append(data.replace("\r", " ").replace("\n", " "))

    def text(self) -> str:
        """What was read so far."""
        self._end_line()
        return "\n".join(self._lines)

    def _end_line(self) -> None:
        words = _BLANKS.sub(" ", "".join(self._line)).strip()
        self._line.clear()
        if words or (self._lines and self._lines[-1]):
            self._lines.append(f"{'> ' * min(self._quotes, _DEEPEST)}{words}" if words else "")
