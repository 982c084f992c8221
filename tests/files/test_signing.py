"""Signature Version 4 against the examples that Amazon publishes.

Source: Amazon S3 API reference, "Signature Calculations for the Authorization Header: Transferring Payload in a Single
Chunk", examples GET Object, PUT Object, GET Bucket Lifecycle, GET Bucket (List Objects).
"""

from datetime import UTC, datetime

import pytest

from app.files.ports.signing import Credentials, Unsigned, escaped, query_text, signed_headers

CREDENTIALS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1")
HOST = "examplebucket.s3.amazonaws.com"
THEN = datetime(2013, 5, 24, tzinfo=UTC)

EXAMPLES = {
    "get a part": (
        Unsigned("GET", HOST, "/test.txt", {}, {"Range": "bytes=0-9"}),
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ),
    "put": (
        Unsigned(
            "PUT", HOST, "/test$file.text", {},
            {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            b"Welcome to Amazon S3.",
        ),
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ),
    "a query without a value": (
        Unsigned("GET", HOST, "/", {"lifecycle": ""}, {}),
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    ),
    "list": (
        Unsigned("GET", HOST, "/", {"max-keys": "2", "prefix": "J"}, {}),
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", EXAMPLES)
def test_the_published_examples_are_signed_as_published(which) -> None:
    request, signature = EXAMPLES[which]
    headers = signed_headers(request, CREDENTIALS, THEN)
    assert headers["authorization"].endswith(f"Signature={signature}")
    assert headers["x-amz-date"] == "20130524T000000Z"


def test_what_is_sent_is_escaped_as_it_is_signed() -> None:
    assert escaped("/a b/ü$+~.txt") == "/a%20b/%C3%BC%24%2B~.txt"
    assert query_text({"b": "x y/z", "a": "1+1"}) == "a=1%2B1&b=x%20y%2Fz"


def test_the_secret_is_nowhere_to_be_read() -> None:
    request, _ = EXAMPLES["put"]
    assert CREDENTIALS.secret not in repr(CREDENTIALS)
    assert CREDENTIALS.secret not in str(signed_headers(request, CREDENTIALS, THEN))
