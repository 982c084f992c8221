"""Cards as markup. Written here and not in a template: a board holds a hundred, and this takes a third of the time.

The same shape as the style sheet of components/lead.css says: name, what it is worth, what is wanted, where, next act.
"""

from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup, escape

from app.core.clock import utcnow
from app.core.names import initials
from app.core.templating import due, money, pounds
from app.leads.queries.cards import Card
from app.leads.words import PRIORITY_WORDS

_SHOWN_PRIORITIES = ("high", "urgent")


def star_button(is_starred: bool) -> str:
    """The star on a card or a row, as short as can be; star.js turns it."""
    return f"<button{' aria-pressed=true' if is_starred else ''}>Star</button>"


@lru_cache(1000)
def _owner(name: str) -> str:
    return f'<i title="{escape(name)}">{escape(initials(name))}</i>'


def _worth(card: Card) -> str:
    """What it brings a year; the price alone where nothing recurs."""
    if card.annual_minor:
        return f"<b>{pounds(card.annual_minor)}<i>/yr</i></b>"
    if not card.price_minor:
        return ""
    return f"<b>{money(card.price_minor)}{'<i> once</i>' if card.is_single else ''}</b>"


def card_items(cards: Iterable[Card], lead_url: str, may_star: bool = False) -> Markup:
    """The items of a column's list; `lead_url` is the beginning of a lead's address."""
    now = utcnow()
    made = []
    for card in cards:
        worth = _worth(card)
        urgent = f" <em>{PRIORITY_WORDS[card.priority]}</em>" if card.priority in _SHOWN_PRIORITIES else ""
        act = ""
        if card.next_act and card.next_act_at:
            words, tone = due(card.next_act_at, now)
            mark = "" if tone == "plain" else f' class="{tone}"'
            act = f"<footer>{escape(card.next_act)} <time{mark}>{words}</time></footer>"
        owner = _owner(card.owner_name) if card.owner_name else ""
        where = "at" if card.place else "at nowhere"
        star = star_button(card.is_starred) if may_star else ""
        made.append(
            f'<li class="lead" id="lead-{card.id}"><a href="{lead_url}{card.id}">{escape(card.name)}</a>{worth}'
            f'<p>{escape(card.what)}</p><p class="{where}">{escape(card.place)}{urgent}{star}{owner}</p>{act}</li>'
        )
    return Markup("".join(made))  # noqa: S704 - what people wrote is escaped above
