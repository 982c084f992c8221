"""What replies say, in British English as customers write it. Doubt is unclear."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.messaging.models import TRIAGE
from app.messaging.services.triage import judge

SAID = {
    "yes": [
        "Yes", "yes please", "Yes please, thanks Hannah", "Hi, yes please go ahead. Many thanks, Jo", "👍",
        "Yep no problem", "Book me in please", "That sounds great, we’d like to go ahead",
        "I'd like to accept your quote, thanks.", "Go ahead!", "ok go ahead",
        "Yes that's fine", "Please proceed", "Happy to go ahead",
    ],
    "yes_but": [
        "Yes please but can you do Thursdays?", "Yes, when can you start?", "Yes, but not the conservatory",
        "Happy to go ahead as long as you do the conservatory roof too",
        "Yes please, the side gate code is 1234 and the dog is friendly",
    ],
    "no": [
        "No thanks", "no", "Nah ta", "No thank you, we've found someone else", "Sorry too expensive for us",
        "We have decided not to go ahead", "I don’t want to go ahead", "Not interested", "We won't be going ahead",
        "We've gone with another company, thanks for the quote", "Not at the moment thanks", "Don't need it anymore",
        "I think we'll leave it, thanks", "STOP",
    ],
    "question": [
        "How much for every 8 weeks?", "Do you do gutters", "Hi, can you do it on a Friday?", "What day would it be",
        "Is the price including VAT?",
    ],
    "unclear": [
        "", "Thanks", "ok", "I'll think about it", "No I haven't received it yet", "Yes maybe, I'll let you know", "2",
        "Let me know before you go ahead", "My neighbour said yes to you", "Please stop texting me", "yes and no",
        "No thanks but could you do the gutters?", "If we go ahead, what then", "Wrong number", "Not sure yet",
        "Got your quote, will look at it tonight", "We said yes yesterday to someone else", "can you cancel Tuesday?",
        "My husband says no but I'd like to go ahead", "I can't remember if I said yes",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("triage", "words"), [(triage, words) for triage, said in SAID.items() for words in said])
def test_what_a_reply_says(triage, words):
    assert judge(words).triage == triage


def test_a_number_names_a_rung_of_the_ladder():
    assert [judge(words, 3).rung for words in ("2", "Option 2 please", "No 1", "3.", "4", "0", "12")] == [
        2, 2, 1, 3, None, None, None,
    ]  # fmt: skip
    assert judge("2", 3).triage == "yes"
    assert judge("4", 3).triage == judge("2").triage == "unclear"


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_anything_can_be_judged(words):
    assert judge(words, 3).triage in TRIAGE


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SAID["yes"]), st.sampled_from(SAID["no"][:8]))
def test_a_yes_and_a_no_together_are_no_yes(yes, no):
    assert judge(f"{yes}. {no}").triage not in ("yes", "yes_but")
    assert judge(f"{no}. {yes}").triage not in ("yes", "yes_but")


def test_a_long_mail_full_of_doubtful_yeses_is_judged_at_once():
    began = time.monotonic()
    assert judge("if, yes " * 12_000).triage != "yes"
    assert time.monotonic() - began < 5
