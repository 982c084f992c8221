"""The HTML part of a mail, made of its text: one column, and the link that matters as a button."""

import re

from flask import current_app
from markupsafe import Markup

from app.core.fragments import fragment
from app.messaging.services import markdown
from app.workspaces.models import Workspace
from app.workspaces.queries.logo import known_face

#: Whose name mails stand under that belong to no workspace.
PRODUCT = "Sill"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_FALLBACK_ACCENT = "#00686f"
_LOGO_HEIGHT, _LOGO_WIDTH = 44, 220
_WAY_OUT = "Stop emails like this"
_GAP = re.compile(r"\n[ \t]*\n+")


def letter(
    text: str, workspace: Workspace, *, filling: markdown.Filling | None = None, link: str | None = None,
    link_label: str = "Open",
) -> tuple[str, str]:  # fmt: skip
    """The plain text and the HTML of a mail written in Markdown (markdown.py), with the values of `filling`."""
    link = link or next((part for part in _parts(text) if _is_ours(part)), None)
    written = markdown.write(
        text if filling else markdown.cleared(text), filling or markdown.Filling(), link,
        lambda target: _button(target, link_label, workspace),
    )  # fmt: skip
    return written.text, _page(written.html, workspace)


def letter_html(text: str, workspace: Workspace | None, link: str | None = None, link_label: str = "Open") -> str:
    """The HTML of a plain text, which no formatting is read from: for what holds names and words of others.

    Without a workspace it is a mail of Sill itself, such as one about an account.

    Blank lines part paragraphs, a paragraph that is only `link` becomes a button. Everything is escaped; `link` inside
    a sentence becomes an ordinary link. Without `link`, the first paragraph that is nothing but an address of ours is
    taken for it.
    """
    parts = _parts(text)
    link = link or next((part for part in parts if _is_ours(part)), None)
    button = _button(link, link_label, workspace) if link else None
    return _page(Markup("\n").join(_paragraph(part, link, button) for part in parts), workspace)


def with_way_out(text: str, html: str, url: str) -> tuple[str, str]:
    """Both parts of an advertising mail with the link in their foot by which its reader stops mails like it."""
    line = Markup(
        '<p style="max-width:34em;margin:12px auto 0;font-size:13px;opacity:.75">'
        '<a href="{0}" style="color:inherit">{1}</a></p>\n'
    ).format(url, _WAY_OUT)
    before, end, after = html.rpartition("</body>")
    return f"{text}\n\n-- \n{_WAY_OUT}: {url}", f"{before}{line}{end}{after}" if end else html


def with_head(html: str, head: Markup, scheme: str) -> str:
    """A mail to be looked at: `head` above it, held to a colour scheme (light or dark)."""
    before, body, rest = html.partition("<body")
    attributes, end, content = rest.partition(">")
    held = before.replace('content="light dark"', f'content="{scheme}"', 1)
    return f"{held}{body}{attributes}{end}\n{head}{content}"


def _is_ours(part: str) -> bool:
    return part.startswith(f"{current_app.config['PUBLIC_URL']}/") and not re.search(r"\s", part)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _GAP.split(text) if part.strip()]


def _paragraph(part: str, link: str | None, button: Markup | None) -> Markup:
    if button is not None and part == link:
        return button
    lines: list[str] = part.split("\n")
    if link:
        anchor = Markup('<a href="{0}">{0}</a>').format(link)
        lines = [anchor.join(line.split(link)) for line in lines]
    return Markup('<p style="margin:0 0 16px">{}</p>').format(Markup("<br>").join(lines))  # joining escapes the rest


def _button(link: str, label: str, workspace: Workspace | None) -> Markup:
    accent = _accent(workspace)
    return Markup(
        '<p style="margin:0 0 16px"><a href="{}" style="display:inline-block;padding:12px 20px;border-radius:8px;'
        'background:{};color:{};font-weight:600;text-decoration:none">{}</a></p>'
    ).format(link, accent, _ink_on(accent), label)


def _page(body: Markup, workspace: Workspace | None) -> str:
    business, phone, logo = (workspace.name, workspace.phone, _logo()) if workspace else (PRODUCT, "", None)
    values = {"business": business, "phone": phone, "accent": _accent(workspace), "logo": logo}
    return str(fragment("emails/layout.html", body=body, **values))


def _logo() -> tuple[str, int, int] | None:
    """The address of the business's logo and its measures in px as mails show it; None without one."""
    key, mark = known_face()
    if key is None or mark is None:
        return None
    scale = min(1.0, _LOGO_HEIGHT / mark.height, _LOGO_WIDTH / mark.width)
    address = f"{current_app.config['PUBLIC_URL']}/q/{key}/logo.png?v={mark.id.hex[-12:]}"
    return address, max(1, round(mark.width * scale)), max(1, round(mark.height * scale))


def _accent(workspace: Workspace | None) -> str:
    return workspace.accent if workspace and _HEX.fullmatch(workspace.accent) else _FALLBACK_ACCENT


def _ink_on(accent: str) -> str:
    """Black or white, whichever stands out more on `accent` (relative luminance of WCAG 2.2)."""
    red, green, blue = (_linear(int(accent[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#000000"


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
