"""The text of HTML that strangers wrote: what a reader sees, and nothing that takes long."""

import time

import pytest

from app.core.html_text import html_to_text


def test_what_a_reader_sees():
    html = (
        "<style>p{}</style><p>a &amp; b<![if !mso]> c<![endif]><![foo[d]]></p><!-- no -->"
        "<blockquote>old</blockquote>e & f&amp"
    )
    assert html_to_text(html) == "a & b c\n\n> old\ne & f&"


@pytest.mark.parametrize(
    "piece", ["<!--", "<!", "</", "<a ", "<a b='", "<![CDATA[", "<script>", "&", "<blockquote><br>x", "<title></"]
)
def test_what_is_made_to_take_long_does_not(piece):
    began = time.monotonic()
    assert len(html_to_text(piece * 300_000)) < 10_000_000
    assert time.monotonic() - began < 10
