"""The little Markdown of mails: what it makes, and that nothing else comes of it, whoever wrote it."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from app.messaging.services.markdown import Filling, as_typed, cleared, may_lead_to, targets, write

TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "h2", "h3"}
ATTRIBUTES = {"style", "href", "start"}


class Reader(HTMLParser):
    """What a mail program sees: tags, attributes, words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words += data


def written(text, link=None, filling=None):
    return write(
        text if filling else cleared(text), filling or Filling(), link, lambda to: Markup("<b>{}</b>").format(to)
    )


@pytest.mark.parametrize(
    ("typed", "html", "text"),
    [
        ("**bold** and *soft*", "<strong>bold</strong> and <em>soft</em>", "bold and soft"),
        ("a\nb\n\nc", "a<br>b", "a\nb\n\nc"),
        ("# Hello", ">Hello</h2>", "Hello"),
        ("- one\n- two", ">one</li>\n<li", "- one\n- two"),
        ("3. one\n4. two", 'start="3"', "3. one\n4. two"),
        ("[our site](https://example.com/a_b_c)", 'href="https://example.com/a_b_c"', "our site (https://example.com/a_b_c)"),
        ("[ring](tel:+441632960123)", 'href="tel:+441632960123"', "ring (tel:+441632960123)"),
        ("[no](javascript:alert(1)) [x](data:text/html,1)", ">no x</p>", "no x"),
        ("at https://example.com/_a_ *now*", "https://example.com/_a_ <em>now</em>", "at https://example.com/_a_ now"),
        ("<b onclick=x>hi</b> & ![i](https://example.com/i.png)", "&lt;b onclick=x&gt;", "<b onclick=x>hi</b> & !i (https://example.com/i.png)"),
        (r"\*not bold\*", "*not bold*", "*not bold*"),
        ("```\ncode\n```\n\n---\n\n> quote", "```<br>code", "```\ncode\n```\n\n---\n\n> quote"),
    ],
)  # fmt: skip
def test_what_is_typed_comes_out_formatted_and_as_plain_text(typed, html, text):
    made = written(typed)
    assert html in made.html
    assert made.text == text


@pytest.mark.parametrize("value", ["**Bold** [x](https://evil.example)", "<img src=x onerror=y>", "- # 1. `a` _b_"])
def test_a_value_is_never_formatting(value):
    filling = Filling()
    made = written(f"**{filling.put(value)}** said", filling=filling)
    seen = Reader(made.html)
    assert seen.tags == ["p", "strong"]
    assert seen.words == f"{value} said"
    assert made.text == f"{value} said"


def test_a_value_cannot_stand_for_another_or_for_the_button():
    filling = Filling()
    filling.put("secret")
    made = written(filling.put("\ue000\ue100\ue001 \ue002"), "https://example.com/c/1", filling)
    assert "secret" not in made.html and "<b>" not in made.html


def test_a_value_leads_somewhere_only_if_it_is_an_address():
    filling = Filling()
    text = f"[a]({filling.put('https://example.com/c/x_y_z')}) [b]({filling.put('javascript:alert(1)')})"
    made = written(text, filling=filling)
    assert [value for name, value in Reader(made.html).attributes if name == "href"] == ["https://example.com/c/x_y_z"]


def test_the_link_alone_is_the_button_and_inside_a_sentence_a_link():
    filling, link = Filling(), "https://example.com/c/_x_?a=1&b=2"
    held = filling.put(link)
    made = written(f"Here:\n\n{held}\n\nor {held} here", link, filling)
    assert made.html.count("<b>") == 1
    assert made.html.count("<a href=") == 1
    assert made.text == f"Here:\n\n{link}\n\nor {link} here"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["*", "_", "**", "[", "](", ")", "<a href=", "javascript:", "https://x.de", "\n", "\n\n",
                              "- ", "# ", "1. ", '"', "'", ">", "&lt;", "\\", "{link}", "style=", "\ue000", "\ue002",
                              "\ue100", "\x00", "a ", "</p>", "<script>", "&#x6A;", "`", "!["]), max_size=25),
    st.text(max_size=12),
)  # fmt: skip
def test_whatever_is_typed_only_harmless_marks_come_out(pieces, value):
    filling = Filling()
    text = cleared("".join(pieces)) + f" {filling.put(value)}"
    seen = Reader(written(text, "https://example.com/c/1", filling).html)
    assert set(seen.tags) <= TAGS
    assert {name for name, _ in seen.attributes} <= ATTRIBUTES
    assert all(may_lead_to(value or "") for name, value in seen.attributes if name == "href")


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab *_[]()\\#-+1.é<&\"'", max_size=20))
def test_a_value_put_into_a_form_comes_out_as_it_was(value):
    value = " ".join(value.split())
    assert written(f"So {as_typed(value)} it is").text == f"So {value} it is"


def test_the_targets_of_links_are_found():
    assert targets("[a](www.a.de) and\n\n- [b]({link})") == ["www.a.de", "{link}"]
