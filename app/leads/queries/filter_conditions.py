"""What each term of a filter asks of a lead, in SQL. Only equality and ranges of columns, so that indexes behind the
walls are of use (docs/architecture.md, Fast reads); what is asked of other tables is asked by their keys.
"""

import re
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select, true

from app.core import email_addresses
from app.core.ids import parse_id
from app.core.keyring import search_index
from app.core.tenancy import current_workspace_id
from app.imports.models import ImportRow
from app.leads.models import Favourite, Lead, LeadTag, SearchToken, Stage
from app.leads.queries.filter_fields import Field
from app.leads.queries.filter_spans import Now, day_bounds, moment_bounds, number_bounds

Condition = ColumnElement[bool]
#: The prefix is as the settings take it.
_NUMBER = re.compile(r"[A-Za-z][A-Za-z0-9]{0,7}-\d{2,4}-\d{1,7}")
_WORDS_AT_MOST = 4


def condition(
    field: Field, values: tuple[str, ...], is_not: bool, user_id: UUID | None, now: Now, walked: str | None = None
) -> Condition:
    """One term as a condition on leads: the field is one of the values, or with `is_not` none of them.

    "none" among the values stands for leads without it. A lead without it also counts as "is not" this or that.
    """
    here = tuple(value for value in values if value != "none")
    if field.key == "tag":
        asked = _tagged(here)
    elif field.key == "import":
        asked = _brought_in(here)
    elif field.key == "extra":
        asked = or_(false(), *(Lead.extras.contains([value]) for value in here))
    elif field.kind == "words":
        asked = _words(here)
    elif field.kind == "flag":
        asked = _starred(user_id) if "yes" in here else not_(_starred(user_id))
    elif field.kind == "pick":
        asked = _picked(field, here, user_id)
    elif field.kind == "area":
        asked = or_(false(), *(_area(value) for value in here))
    elif field.kind == "text":
        asked = _is_any(field.column, list(here))
    else:
        asked = or_(false(), *(_between(field, value, now, walked) for value in here))
    empty = _empty(field)
    if "none" in values:
        asked = or_(asked, empty) if here else empty
    elif is_not and field.column is not None and field.none and field.blank is None:
        return or_(not_(asked), empty)
    return not_(asked) if is_not else asked


def _is_any(column: Any, values: list[Any]) -> Condition:
    if len(values) == 1:
        return column == values[0]
    return column.in_(values) if values else false()


def _empty(field: Field) -> Condition:
    if field.key == "tag":
        return not_(_has_tag(true()))
    if field.key == "extra":
        return Lead.extras == []
    if field.blank is not None:
        return field.column == field.blank
    return field.column.is_(None) if field.none else false()


def _picked(field: Field, values: tuple[str, ...], user_id: UUID | None) -> Condition:
    if field.key not in ("stage", "owner", "source"):
        return _is_any(field.column, list(values))
    ids = [user_id if value == "me" else parse_id(value) for value in values if value not in ("open", "final")]
    asked = _is_any(field.column, [each for each in ids if each])
    kinds = {value for value in values if value in ("open", "final")} if field.key == "stage" else set()
    if not kinds:
        return asked
    of_kind = select(Stage.id).where(Stage.workspace_id == current_workspace_id())
    if len(kinds) == 1:
        of_kind = of_kind.where(Stage.is_final.is_("final" in kinds))
    return or_(asked, Lead.stage_id.in_(of_kind))


def _tagged(values: tuple[str, ...]) -> Condition:
    ids = [each for each in map(parse_id, values) if each]
    return _has_tag(_is_any(LeadTag.tag_id, ids)) if ids else false()


def _has_tag(which: Condition) -> Condition:
    return exists().where(LeadTag.workspace_id == Lead.workspace_id, LeadTag.lead_id == Lead.id, which)


def _brought_in(values: tuple[str, ...]) -> Condition:
    """Leads that an import has made; only those see any who may see imports."""
    ids = [each for each in map(parse_id, values) if each]
    of_import = (ImportRow.workspace_id == Lead.workspace_id, ImportRow.lead_id == Lead.id)
    return exists().where(*of_import, _is_any(ImportRow.import_id, ids), ImportRow.outcome.in_(("created", "kept")))


def _starred(user_id: UUID | None) -> Condition:
    return exists().where(
        Favourite.workspace_id == Lead.workspace_id, Favourite.user_id == user_id, Favourite.lead_id == Lead.id
    )


def _area(value: str) -> Condition:
    """BA is every district of it, BA5 the district, BA5 2 the sector."""
    if " " in value:
        return and_(Lead.district == value.partition(" ")[0], Lead.sector.is_not_distinct_from(value))
    return Lead.district.regexp_match(f"^{value}[0-9]") if value.isalpha() else Lead.district == value


def _between(field: Field, span: str, now: Now, walked: str | None) -> Condition:
    if field.kind == "moment":
        low, high = moment_bounds(span, now)
        return _within(field.column, low, high, open_end=True)
    if field.kind == "day":
        return _within(field.column, *day_bounds(span, now))
    column = field.column
    if walked not in (None, field.key):
        # Of a span between two unknown amounts the planner believes that it holds next to nothing: it would fetch all
        # of it and sort that, for one page. Written so it does not know the column, and walks the page's own index.
        column = func.coalesce(column, column)
    return _within(column, *number_bounds(field.kind, span))


def _within(column: Any, low: Any, high: Any, open_end: bool = False) -> Condition:
    if low is not None and low == high and not open_end:
        return column == low
    ends = []
    if low is not None:
        ends.append(column >= low)
    if high is not None:
        ends.append(column < high if open_end else column <= high)
    return and_(true(), *ends)


def _words(values: tuple[str, ...]) -> Condition:
    """Leads that are found by all the words. What is looked up are blind tokens, of which long words share one with
    those that begin with the same six letters: such leads are shown too.
    """
    every = [tokens for typed in values for tokens in word_tokens(typed)]
    if not every:
        return false()
    return and_(*map(_has_token, every))


def _has_token(tokens: list[bytes]) -> Condition:
    return exists().where(
        SearchToken.workspace_id == Lead.workspace_id, SearchToken.lead_id == Lead.id,
        _is_any(SearchToken.token, tokens),
    )  # fmt: skip


def word_tokens(typed: str) -> list[list[bytes]]:
    """The tokens of which a lead has to have one each to be found by these words, a word of its name being as good as
    one of its street or town; none while too little is typed.
    """
    index, typed = search_index(), typed.strip()
    email = email_addresses.parse(typed) if "@" in typed else None
    if email:
        return [[index.exact("email", email)]]
    if _NUMBER.fullmatch(typed):
        return [[index.exact("lead_number", typed.upper())]]
    if not any(character.isalpha() for character in typed):
        digits = index.phone_query_token(typed)
        return [[digits]] if digits else []
    place = index.postcode_query_token(typed) if any(character.isdigit() for character in typed) else None
    if place:
        return [[place]]
    words = index.typed_tokens(typed)[:_WORDS_AT_MOST]
    return [[name, address] if address else [name] for name, address in words]
