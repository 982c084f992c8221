"""Between the filter and its form: what each field's controls show, and what was chosen in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from app.leads.queries.filter_fields import FIELDS, Field
from app.leads.queries.filter_spans import AHEAD_ONLY, DAY_WORDS, span_words
from app.leads.queries.filtering import Choices, LeadFilter, Term, open_words, read_value, seal_words
from app.workspaces.queries import today_here

_BEHIND = ("today", "yesterday", "week", "month", "last-7", "last-30", "last-90", "over-7", "over-30", "over-90")
_AHEAD = ("late", "now", "today", "tomorrow", "week", "next-7", "next-30", "month")
#: Of a field that has more choices than these one types the name.
MOST_CHOICES = 40
_LONGEST_ALSO = 500
_NO_PROBLEMS: Mapping[str, str] = {}
_PROBLEMS = {
    "amount": "Enter pounds, like 24 or 24.50.",
    "count": "Enter a whole number.",
    "moment": "Enter a date, like 8/12/2026.",
    "day": "Enter a date, like 8/12/2026.",
    "area": "Enter postcode areas like BA, BA5 or BA5 2, with commas between.",
}


@dataclass(slots=True)
class FieldView:
    """One field of the form. `how`: "", is, not, none or some (not empty); `problem`: what can't be read, and why."""

    field: Field
    how: str = ""
    values: tuple[str, ...] = ()
    choices: list[tuple[str, str]] = field(default_factory=list)
    low: str = ""
    high: str = ""
    text: str = ""
    problem: str = ""
    #: What is typed to find choices where there are too many to show, and how many are left out; None where all stand.
    find: str = ""
    others: int | None = None
    #: What else is asked of the field and has no control of its own: name and value, and in words. Ticked, it stays.
    also: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_on(self) -> bool:
        """Whether it narrows anything."""
        is_asked = self.how and (self.how in ("none", "some") or self.values or self.text)
        return bool(is_asked or self.problem or self.also)


def fields_of(
    narrowed: LeadFilter,
    names: Choices,
    form: Any = None,
    problems: Mapping[str, str] = _NO_PROBLEMS,
) -> dict[str, list[FieldView]]:
    """The form's fields by group, showing a filter; with `form`, what was typed where it could not be read, and to find
    more choices by.
    """
    groups: dict[str, list[FieldView]] = {}
    for each in FIELDS.values():
        view = _view(each, narrowed, names)
        if form:
            view.find = form.get(f"{each.key}.find", "")[:80]
            view.how = view.how or form.get(f"{each.key}.how", "")
        _thin_out(view)
        if form and each.key in problems:
            view.problem = problems[each.key]
            view.how = form.get(f"{each.key}.how", "is")
            view.low, view.high = form.get(f"{each.key}.from", ""), form.get(f"{each.key}.to", "")
            view.text = form.get(each.key, "")
            view.also = _also(each, LeadFilter.from_pairs(_kept_beside(form)), (), names)
        groups.setdefault(each.group, []).append(view)
    return groups


def read_form(form: Any) -> tuple[LeadFilter, dict[str, str]]:
    """The filter that a form (a MultiDict) asks for, and what is wrong with the fields that can't be read."""
    pairs: list[tuple[str, str]] = []
    problems: dict[str, str] = {}
    for each in FIELDS.values():
        how = form.get(f"{each.key}.how", "is")
        if how in ("none", "some"):
            pairs.append((each.key if how == "none" else f"{each.key}.not", "none"))
            continue
        name = f"{each.key}.not" if how == "not" else each.key
        for given in _given(each, form):
            value = seal_words(given) if each.kind == "words" else read_value(each, given)
            if value:
                pairs.append((name, value))
            elif each.kind in _PROBLEMS:
                problems[each.key] = _PROBLEMS[each.kind]
    return LeadFilter.from_pairs(pairs + _kept_beside(form)), problems


def _kept_beside(form: Any) -> list[tuple[str, str]]:
    """What stays ticked of what has no control of its own."""
    return [pair for kept in form.getlist("also") for pair in parse_qsl(kept[:_LONGEST_ALSO])]


def _given(each: Field, form: Any) -> Iterator[str]:
    """What was chosen or typed for a field, as values of a filter."""
    if each.kind in ("amount", "count", "moment", "day"):
        low, high = (form.get(f"{each.key}.{end}", "").strip() for end in ("from", "to"))
        if low or high:
            yield f"{low}..{high}"
        else:
            yield from filter(None, form.getlist(each.key))
    elif each.kind == "area":
        yield from filter(None, (part.strip() for part in form.get(each.key, "").split(",")))
    else:
        yield from filter(None, (value.strip() for value in form.getlist(each.key)))


def _view(each: Field, narrowed: LeadFilter, names: Choices) -> FieldView:
    values, is_not = narrowed.values(each.key), False
    if not values:
        values, is_not = narrowed.values(each.key, is_not=True), True
    how = ("not" if is_not else "is") if values else ""
    if values == ("none",):
        view = FieldView(each, "some" if is_not else "none", ())
        _fill(view, each, (), names)
        view.also = _also(each, narrowed, values, names, is_not=is_not)
        return view
    if each.kind not in ("pick", "area"):
        values = values[:1]  # it has one control
    view = FieldView(each, how, values)
    _fill(view, each, values, names)
    if each.kind == "pick":
        shown = {value for value, _ in view.choices}
        values = view.values = tuple(value for value in values if value in shown)
    view.also = _also(each, narrowed, values, names, is_not=is_not)
    return view


def _also(
    each: Field, narrowed: LeadFilter, shown: tuple[str, ...], names: Choices, *, is_not: bool = False
) -> list[tuple[str, str]]:
    """What a filter asks of a field beside the values that its controls show, as an address and in words."""
    found = []
    for term in narrowed.terms:
        left = [value for value in term.values if (term.is_not, value) not in {(is_not, one) for one in shown}]
        if term.field is each:
            found += [(urlencode({term.name: value}), Term(each, (value,), term.is_not).words(names)) for value in left]
    return found


def _fill(view: FieldView, each: Field, values: tuple[str, ...], names: Choices) -> None:
    if each.kind == "pick":
        view.choices = [*names.get(each.key, ()), *each.choices.items()]
        if each.takes_others:
            view.choices += [(value, f"“{value}”") for value in values if value not in each.choices]
    elif each.kind in ("moment", "day"):
        view.choices = _day_choices(each, values)
    if each.kind in ("amount", "count", "moment", "day") and values and values[0] not in dict(view.choices):
        low, parted, high = values[0].partition("..")
        view.low, view.high = low, high if parted else low
    elif each.kind == "words":
        view.text = open_words(values[0]) if values else ""
    else:
        view.text = ", ".join(values)


def _thin_out(view: FieldView) -> None:
    """Of many choices show what is chosen and the first of those that hold the words."""
    if view.field.kind != "pick" or len(view.choices) <= MOST_CHOICES:
        return
    words, room = view.find.casefold().split(), MOST_CHOICES - len(view.values)
    shown, view.others = [], 0
    for value, name in view.choices:
        fits = all(word in name.casefold() for word in words)
        if value in view.values or (fits and room > 0):
            shown.append((value, name))
            room -= value not in view.values
        else:
            view.others += fits
    view.choices = shown


def _day_choices(each: Field, values: tuple[str, ...]) -> list[tuple[str, str]]:
    today = today_here()
    offered = list(_AHEAD if each.ahead else _BEHIND)
    offered += [value for value in values if ".." not in value and not value[0].isdigit() and value not in offered]
    words = [(key, span_words("moment", key, today)) for key in offered if each.ahead or key not in AHEAD_ONLY]
    return [(key, word[:1].upper() + word[1:]) for key, word in words if key in DAY_WORDS or "-" in key]
