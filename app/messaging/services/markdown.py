"""The little Markdown that mails are written in: bold, italics, links, lists and headings; all else is plain text.

Variables are filled in after the text was understood, so that no value can add formatting, and what comes out is
cleaned once more. Raw HTML is text like any other.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup, escape

#: A stand-in for something that is filled in later: between two marks a letter from a private alphabet. Letters of the
#: private use area count as ordinary letters in CommonMark, so that **{name}** is bold.
_FROM, _TO, _FIRST, _MOST = "\ue000", "\ue001", 0xE100, 6000
_STAND_IN = re.compile(f"{_FROM}(.){_TO}", re.DOTALL)
_PRIVATE = re.compile("[\ue000-\uf8ff]")
#: An address written out stays as it is: what stands in it is no formatting. Not the target of a [link](…).
_ADDRESS = re.compile(r"(?<!\]\()https?://[^\s<>()\[\]\"]+")
_SIGNS = re.compile(r"[\\*_\[\]]|^[#+-]")
_ALLOWED_TARGET = re.compile(r"(https?://[^\s/]|mailto:[^\s@]+@|tel:\+?[0-9])", re.IGNORECASE)
_STYLES = {
    "p": "margin:0 0 16px",
    "h2": "margin:24px 0 8px;font-size:20px;line-height:1.3",
    "h3": "margin:20px 0 8px;font-size:17px;line-height:1.3",
    "ul": "margin:0 0 16px;padding:0 0 0 24px",
    "ol": "margin:0 0 16px;padding:0 0 0 24px",
    "li": "margin:0 0 4px",
}
_TAGS = {*_STYLES, "a", "br", "em", "strong"}
_BUTTON = "\ue002"  # where the button goes, which we make ourselves

_reader = MarkdownIt("zero", {"breaks": True}).enable(["emphasis", "escape", "heading", "link", "list", "newline"])
_reader.normalizeLink = lambda url: url  # type: ignore[method-assign]
_reader.validateLink = lambda url: True  # type: ignore[method-assign]  # judged when its variables are filled in


@dataclass(frozen=True, slots=True)
class Written:
    """A mail's words: `html` (without the page around it) and `text`."""

    html: Markup
    text: str


class Filling:
    """What stands in for values while a text is read. One for each text."""

    def __init__(self) -> None:
        self._values: list[str] = []

    def put(self, value: str) -> str:
        """Keep a value; returns what to write in its place."""
        if len(self._values) >= _MOST:
            return ""  # nobody writes that many; the text is bounded before
        self._values.append(_PRIVATE.sub("", value))
        return f"{_FROM}{chr(_FIRST + len(self._values) - 1)}{_TO}"

    def fill(self, text: str, change: Callable[[str], str] = str) -> str:
        """`text` with every stand-in replaced by `change` of its value."""
        return _STAND_IN.sub(lambda found: change(self._values[ord(found[1]) - _FIRST]), text)

    def alone(self, text: str) -> str | None:
        """The value, if `text` is a stand-in and nothing else."""
        found = _STAND_IN.fullmatch(text.strip())
        return self._values[ord(found[1]) - _FIRST] if found else None


def cleared(text: str) -> str:
    """`text` without the letters that we use for stand-ins, and with one kind of line end."""
    return _PRIVATE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))


def write(text: str, filling: Filling, link: str | None, button: Callable[[str], Markup]) -> Written:
    """Read Markdown (already `cleared`) whose variables are stand-ins of `filling`.

    A paragraph that is only `link` becomes `button(link)`; inside a sentence it becomes a link. Other addresses are
    left as text, for the reader's mail program to deal with.
    """
    tree = _tree(_ADDRESS.sub(lambda found: filling.put(found[0]), text))
    page = _Page(filling, link)
    clean = nh3.clean(
        "".join(page.block(each) for each in tree.children), tags=_TAGS, link_rel=None,
        attributes={"*": {"style"}, "a": {"href"}, "ol": {"start"}}, url_schemes={"http", "https", "mailto", "tel"},
    )  # fmt: skip
    if link:
        clean = clean.replace(_BUTTON, str(button(link)))
    plain = "\n\n".join(_plain(each, filling) for each in tree.children)
    return Written(Markup(clean.strip()), plain.strip())  # noqa: S704 - cleaned a few lines above


def as_typed(value: str) -> str:
    """A value within a Markdown text that comes out as it is: its signs are no formatting."""
    return value if _ADDRESS.fullmatch(value) else _SIGNS.sub(r"\\\g<0>", value)


def targets(text: str) -> list[str]:
    """Where the links of a Markdown text lead, as written."""
    return [str(node.attrs.get("href", "")) for node in _tree(cleared(text)).walk() if node.type == "link"]


def may_lead_to(target: str) -> bool:
    """Whether a link may lead there: the web, an email address or a phone."""
    return bool(_ALLOWED_TARGET.match(target))


def _tree(text: str) -> SyntaxTreeNode:
    return SyntaxTreeNode(_reader.parse(text))


class _Page:
    """The HTML of a text. Nothing comes out unescaped."""

    def __init__(self, filling: Filling, link: str | None) -> None:
        self._filling, self._link = filling, link

    def block(self, node: SyntaxTreeNode, *, is_tight: bool = False) -> str:
        if node.type in ("bullet_list", "ordered_list"):
            return self._list(node)
        inside = "".join(self._inline(each) for child in node.children for each in child.children)
        if is_tight:
            return inside
        if node.type == "heading":
            return _element("h2" if node.tag == "h1" else "h3", inside)
        if self._link and self._filling.alone(node.children[0].content) == self._link:
            return f"{_BUTTON}\n"
        return _element("p", inside)

    def _list(self, node: SyntaxTreeNode) -> str:
        items = []
        for item in node.children:
            parts = [self.block(each, is_tight=_is_tight(each)) for each in item.children]
            items.append(_element("li", "".join(parts).strip()))
        return _element(node.tag, "\n" + "".join(items), start=node.attrs.get("start"))

    def _inline(self, node: SyntaxTreeNode, *, in_link: bool = False) -> str:
        if node.type == "text":
            return self._filling.fill(str(escape(node.content)), lambda value: self._value(value, in_link))
        if node.type in ("softbreak", "hardbreak"):
            return "<br>"
        target = self._filling.fill(str(node.attrs.get("href", ""))) if node.type == "link" else None
        is_link = target is not None and may_lead_to(target) and not in_link
        inside = "".join(self._inline(each, in_link=in_link or is_link) for each in node.children)
        if target is not None:
            return _anchor(target, inside) if is_link else inside
        return f"<{node.tag}>{inside}</{node.tag}>"

    def _value(self, value: str, in_link: bool) -> str:
        written = str(escape(value))
        return _anchor(value, written) if value == self._link and not in_link else written


def _element(tag: str, inside: str, start: object = None) -> str:
    begins = f' start="{int(str(start))}"' if start is not None else ""
    return f'<{tag} style="{_STYLES[tag]}"{begins}>{inside}</{tag}>\n'


def _anchor(target: str, inside: str) -> str:
    return f'<a href="{escape(target)}">{inside}</a>'


def _is_tight(node: SyntaxTreeNode) -> bool:
    return node.type == "paragraph" and node.hidden


def _plain(node: SyntaxTreeNode, filling: Filling) -> str:
    """A block, or a piece of a line, as plain text."""
    if node.type == "text":
        return filling.fill(node.content)
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    if node.type in ("bullet_list", "ordered_list"):
        first = int(str(node.attrs.get("start", 1)))
        marks = ["-" if node.type == "bullet_list" else f"{first + at}." for at in range(len(node.children))]
        return "\n".join(_item(mark, item, filling) for mark, item in zip(marks, node.children, strict=True))
    inside = "".join(_plain(each, filling) for each in node.children)
    if node.type == "link":
        target = filling.fill(str(node.attrs.get("href", "")))
        return f"{inside} ({target})" if may_lead_to(target) and target != inside else inside
    return inside


def _item(mark: str, item: SyntaxTreeNode, filling: Filling) -> str:
    text = "\n".join(_plain(each, filling) for each in item.children)
    return f"{mark} " + text.replace("\n", "\n" + " " * (len(mark) + 1))
