"""What a form asks, read from whatever is stored."""

from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.lead_forms.services.content import OWN_KINDS, PRICE_SHOWN, STANDARD, content_of, read_content
from app.lead_forms.services.standard import STANDARD_QUESTIONS

KEYS = st.sampled_from([*STANDARD_QUESTIONS, "own_0a1b2c3d", "own_ffffffff", "nonsense"])
ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(KEYS, max_size=6))
CHANGE = st.dictionaries(
    st.sampled_from(["kind", "label", "hint", "required", "offers", "choices"]),
    st.one_of(ANYTHING, st.sampled_from(OWN_KINDS)),
)
STEP = st.one_of(ANYTHING, st.fixed_dictionaries({"title": ANYTHING, "questions": st.lists(KEYS, max_size=8)}))
STORED = st.dictionaries(st.sampled_from(["price", "range_percent", "accent", "title", "uses_logo"]), ANYTHING).flatmap(
    lambda rest: st.fixed_dictionaries(
        {"steps": st.one_of(ANYTHING, st.lists(STEP, max_size=6)), "questions": st.dictionaries(KEYS, CHANGE)}
    ).map(lambda main: {**rest, **main})
)


def test_nothing_stored_is_the_form_as_it_comes() -> None:
    assert read_content({}) == STANDARD
    assert [step.questions[0] for step in STANDARD.steps] == [
        "postcode", "property_type", "service", "extras", "access_facts", "name", "marketing",
    ]  # fmt: skip
    assert not STANDARD.asks_photos and STANDARD.price == "off"


@given(STORED)
@settings(max_examples=60, deadline=None)
def test_whatever_is_stored_can_be_asked_and_answered(stored: dict) -> None:
    content = read_content(stored)
    asked = [key for step in content.steps for key in step.questions]
    assert sorted(asked) == sorted(content.questions) and len(set(asked)) == len(asked)
    assert {"postcode", "service", "name"} <= set(asked)
    assert {"phone", "email"} & set(asked)
    assert all(step.title and step.questions for step in content.steps)
    assert content.price in PRICE_SHOWN and 1 <= content.range_percent <= 50 and content.title
    assert content.asks_photos == ("photos" in asked)
    for question in content.questions.values():
        assert question.label and (question.key.startswith("own_") == question.is_own)
        standard = STANDARD_QUESTIONS.get(question.key)
        assert standard is None or bool(question.choices) == bool(standard.choices)


def test_the_only_way_to_be_reached_must_be_answered() -> None:
    both = [{"title": "You", "questions": ["postcode", "service", "name", "phone", "email"]}]
    only = [{"title": "You", "questions": ["postcode", "service", "name", "email"]}]
    assert not read_content({"steps": both}).questions["email"].is_required
    alone = read_content({"steps": only}).questions["email"]
    assert alone.is_required and alone.hint == ""


def test_a_form_keeps_what_was_read_of_it() -> None:
    first, second = (SimpleNamespace(content={"title": "Ask us", "price": "range"}) for _ in range(2))
    assert content_of(first) is content_of(second)
    assert (content_of(first).title, content_of(first).price) == ("Ask us", "range")
