"""Forms cost no more to read than their size: every one is read before anybody asks who sends it."""

from io import BytesIO

import pytest

from app.core.form_reading import MOST_FIELDS, BoundedFormParser, read_large_form
from tests.support.client import Client

URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=line"}
NAMED = b'--line\r\nContent-Disposition: form-data; name="email"'


def test_more_fields_than_any_form_has_are_not_read(client: Client) -> None:
    """A megabyte of them took half a second of everybody's pages, of whoever sent it."""
    just_right = b"email=a%40example.com" + b"&a" * (MOST_FIELDS - 1)
    assert client.post("/login", data=just_right, headers=URLENCODED).status_code == 422
    assert client.post("/login", data=just_right + b"&a", headers=URLENCODED).status_code == 413


@pytest.mark.parametrize(
    "content",
    [
        NAMED + b"\r\n" + b"A:\r\n" * 60_000 + b"\r\n\r\n",
        (NAMED + b"\r\n" + b"A:\r\n" * 2_000 + b"\r\n\r\n") * 40,
        NAMED + b"; a*0=b" * 40_000 + b"\r\n\r\n\r\n",
    ],
)
def test_heads_of_parts_are_no_place_for_a_book(client: Client, content: bytes) -> None:
    sent = client.post("/login", data=content + b"--line--\r\n", headers=MULTIPART)
    assert sent.status_code == 413


@pytest.mark.parametrize("size", [0, 1, 65_400, 65_536, 200_000])
def test_parts_come_out_as_they_went_in(size: int) -> None:
    picture, wish = b"\xff\r\n--lin\r\r\n" * (size // 11) + b"\n" * (size % 11), "Grüße an Jürgen\r\n"
    body = b"".join(
        (
            NAMED + b"\r\n\r\n" + wish.encode() + b"\r\n",
            b'--line\r\nContent-Disposition: form-data; name="photos"; filename="a b.jpg"\r\n',
            b"Content-Type: image/jpeg\r\n\r\n" + picture + b"\r\n",
            b'--line\r\nContent-Disposition: form-data; name="email"\r\n\r\ntwice\r\n--line--\r\n',
        )
    )
    parser = BoundedFormParser(lambda *_, **__: BytesIO(), max_form_memory_size=100)
    _, fields, files = parser.parse(BytesIO(body), "multipart/form-data", len(body), {"boundary": "line"})
    assert fields.getlist("email") == [wish, "twice"]
    [photo] = files.getlist("photos")
    assert (photo.filename, photo.content_type, photo.read()) == ("a b.jpg", "image/jpeg", picture)


@pytest.mark.parametrize("body", [b"", b"--line", b"--line\r\n\r\n", NAMED, NAMED + b"\r\n\r\nhalf"])
def test_a_broken_form_holds_nothing(body: bytes) -> None:
    _, fields, files = BoundedFormParser().parse(BytesIO(body), "multipart/form-data", None, {"boundary": "line"})
    assert not fields and not files


def test_a_large_form_says_the_same_as_a_small_one() -> None:
    body = b"to=office%2Bx%40example.com&email=A+%3Db%3D%0D%0A100%25%20%C3%BC%ff+end%zz&email=2&other=1&raw"
    assert read_large_form(body, ("email", "to", "raw", "mime")) == {
        "to": b"office+x@example.com", "email": b"A =b=\r\n100% \xc3\xbc\xff end=zz", "raw": b"",
    }  # fmt: skip
