"""Large mails at the door for mails: they hold no connection while they come, and one workspace's don't fill it."""

import io
import tracemalloc
from typing import Any
from urllib.parse import quote

import pytest

from app.core.tenancy import acting_in
from app.extensions import db, redis_door
from tests.messaging.inbound import _path, mail, post_mail

LARGE = mail("Here are the photos") + b"x" * 1_400_000
KIND = {"Content-Type": "message/rfc822"}


class Coming(io.BytesIO):
    """A mail on its way, which notes whether the one who reads it is within a transaction."""

    held = False

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes."""
        Coming.held |= db.session().in_transaction()
        return super().read(size)

    def readinto(self, buffer: Any) -> int:
        """The next bytes, put there."""
        Coming.held |= db.session().in_transaction()
        return super().readinto(buffer)


def test_no_connection_is_held_while_a_mail_comes(client: Any, lead: Any) -> None:
    """Whoever has a workspace has such an address: some dozens of mails, sent slowly, had every connection there is."""
    path = _path("inbound")
    for content in (mail("Hello"), LARGE):
        sent = {"input_stream": Coming(content), "content_length": len(content), "headers": KIND}
        assert client.post(path, csrf=False, **sent).status_code == 204
    assert not Coming.held


def test_large_mails_of_one_workspace_wait_and_nobody_elses(client: Any, lead: Any, mallory: Any) -> None:
    assert [post_mail(client, LARGE + b"%d" % number).status_code for number in range(16)] == [204] * 16
    refused = post_mail(client, LARGE)
    assert refused.status_code == 503 and "Retry-After" in refused.headers  # mail services come again for that
    assert post_mail(client, mail("A small one")).status_code == 204
    key = _path("inbound").rpartition("/")[2].encode()
    assert not [each for each in redis_door.client.keys("*") if key in each], "it is the whole authority"
    with acting_in(mallory.workspace_id):
        assert post_mail(client, LARGE).status_code == 204


@pytest.mark.parametrize(
    ("kind", "before", "filling", "after"),
    [
        ("application/json", b'{"Attachments": [', b"[],", b'0], "RawEmail": "%s"}'),
        ("application/x-www-form-urlencoded", b"", b"a=&", b""),
        ("application/x-www-form-urlencoded", b"email=%s&x=", b"%%41", b""),
    ],
)
def test_what_stands_beside_a_mail_takes_no_room(
    client: Any, lead: Any, kind: str, before: bytes, filling: bytes, after: bytes
) -> None:
    """Thirty megabytes of brackets were two and a half gigabytes of the process that makes everybody's pages."""
    size = 400_000
    content = (before + filling * (size // len(filling)) + after).replace(b"%s", quote(mail("Hello")).encode())
    tracemalloc.start()
    try:
        client.post(_path("inbound"), data=content.replace(b"%%", b"%"), csrf=False, headers={"Content-Type": kind})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 * size
