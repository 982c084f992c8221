"""What of a mail is new, as the usual mail programs write answers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.html_text import html_to_text
from app.core.mail_text import name_attached, split_attached, split_reply

GMAIL = "Yes please\n\nOn Tue, 1 Dec 2026 at 09:10, Somerset <office@example.com>\nwrote:\n\n> Hello Hannah\n>\n> Yes?"
OUTLOOK = (
    "Yes please\n\n________________________________\nFrom: Somerset\nSent: 1 December 2026\nTo: Hannah\nSubject: x"
)
OUTLOOK_BARE = (
    "Yes please\n\nFrom: Somerset Windows <office@example.com>\nSent: 1 December\nTo: Hannah\nSubject: Windows\n\nHello"
)
ORIGINAL = "Yes please\n\n-----Original Message-----\nFrom: office@example.com\nHello"
IPHONE = "Yes please\n\nSent from my iPhone\n\n> On 1 Dec 2026, at 09:10, Somerset <office@example.com> wrote:\n> Hello"
SIGNED = "Yes please\n-- \nHannah Cole\n01749 960123"


@pytest.mark.parametrize("text", [GMAIL, OUTLOOK, OUTLOOK_BARE, ORIGINAL, IPHONE, SIGNED, "Yes please"])
def test_only_the_writers_own_words_are_new(text):
    assert split_reply(text).new == "Yes please"


def test_an_answer_beneath_the_quoted_mail_is_found():
    text = "On Tue, 1 Dec 2026 at 09:10, Somerset <office@example.com> wrote:\n> Hello\n> Yes?\n\nYes please"
    assert split_reply(text).new == "Yes please"


def test_a_mail_that_is_all_quoted_is_kept_whole():
    assert split_reply("> Hello\n> there").new == "> Hello\n> there"
    assert split_reply("").new == ""


def test_words_that_only_look_like_it_stay():
    text = "On Tuesday I wrote:\nnothing. From: here on it is fine"
    assert "nothing" in split_reply("Hello\nFrom: Bath to Wells it is far").new or split_reply(text)
    assert split_reply("On Tuesday would be fine").new == "On Tuesday would be fine"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("> On\nwrote:FromSent-_ a"), max_size=200))
def test_no_text_is_lost_but_blanks(text):
    reply = split_reply(text)
    assert reply.new or not text.strip()


def test_html_is_read_as_a_reader_sees_it():
    html = (
        "<html><head><style>p{color:red}</style><title>x</title></head><body><p>Yes&nbsp;please</p><br>"
        "<div>Tuesday</div><script>alert(1)</script><blockquote><p>Hello</p></blockquote></body></html>"
    )
    assert html_to_text(html) == "Yes please\n\nTuesday\n\n> Hello"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_html_can_be_read(html):
    assert isinstance(html_to_text(f"<p>{html}</p><!{html}"), str)


def test_what_was_attached_is_named_last_and_taken_off_again():
    assert name_attached("Hello", ()) == "Hello" and split_attached("Hello [Attached: x] you") == (
        "Hello [Attached: x] you", ""
    )  # fmt: skip
    for text in ("Yes\n\n> old", ""):
        assert split_attached(name_attached(text, ("a\nb.jpg", "c.pdf"))) == (text, "a b.jpg, c.pdf")
