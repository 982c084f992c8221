"""A bucket that speaks S3 (Amazon, MinIO, Garage, Ceph, R2), by paths: endpoint/bucket/key."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

from app.core import http
from app.files.ports import BlobMissing, Stored, StoreUnavailable
from app.files.ports.signing import Credentials, Unsigned, escaped, query_text, signed_headers

_SECONDS = 60.0
#: Every request here may be sent again: the same key gets the same bytes.
_WAITS = (0.2, 1.0)
_ROOM = 65_536
_LARGEST_LIST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the bucket is and how to get in."""

    endpoint: str
    region: str
    name: str
    key_id: str
    secret: str = field(repr=False)


class S3Store:
    """Objects in one bucket. Give the key rights to put, get, list and delete there, and nothing else."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._host = urlsplit(bucket.endpoint).netloc
        self._credentials = Credentials(bucket.key_id, bucket.secret, bucket.region)

    def put(self, key: str, sealed: bytes) -> None:
        """See BlobStore. An object appears whole or not at all."""
        self._expect((200, 201, 204), self._ask("PUT", key, body=sealed))

    def read(self, key: str, start: int, length: int) -> tuple[bytes, int]:
        """See BlobStore."""
        wanted = {"range": f"bytes={start}-{start + length - 1}"}
        answer = self._ask("GET", key, headers=wanted, max_bytes=length + _ROOM)
        if answer.status == 404:
            raise BlobMissing
        self._expect((200, 206), answer)
        if answer.status == 200:  # a store may send all of it
            return answer.body[start : start + length], len(answer.body)
        size = answer.headers.get("content-range", "").rpartition("/")[2]
        if not size.isdecimal():
            raise StoreUnavailable("s3_no_size")
        return answer.body, int(size)

    def delete(self, key: str) -> None:
        """See BlobStore."""
        self._expect((200, 204, 404), self._ask("DELETE", key))

    def listed(self, after: str, limit: int) -> list[Stored]:
        """See BlobStore."""
        query = {"list-type": "2", "max-keys": str(min(limit, 1000))} | ({"start-after": after} if after else {})
        answer = self._ask("GET", "", query=query, max_bytes=_LARGEST_LIST)
        self._expect((200,), answer)
        try:
            # The store is the operator's own choice; expat of today bounds what entities may unfold to.
            root = ElementTree.fromstring(answer.body)  # noqa: S314
        except ElementTree.ParseError:
            raise StoreUnavailable("s3_list_unreadable") from None
        return [_stored(item) for item in root if item.tag.rpartition("}")[2] == "Contents"]

    def tidy(self, before: datetime) -> None:
        """Nothing is ever half there."""

    def _ask(
        self, method: str, key: str, *, query: dict[str, str] | None = None, headers: dict[str, str] | None = None,
        body: bytes = b"", max_bytes: int = _ROOM,
    ) -> http.Response:  # fmt: skip
        path = f"/{self._bucket.name}/{key}" if key else f"/{self._bucket.name}"
        url = self._bucket.endpoint + escaped(path) + (f"?{query_text(query)}" if query else "")
        unsigned = Unsigned(method, self._host, path, query or {}, headers or {}, body)
        for wait in (*_WAITS, None):
            signed = signed_headers(unsigned, self._credentials, datetime.now(UTC))
            try:
                answer = http.request(
                    method, url, headers=signed, body=body or None, timeout=_SECONDS, allow_private=True,
                    max_bytes=max_bytes,
                )  # fmt: skip
            except http.OutboundRefused:
                raise StoreUnavailable("s3_address_refused") from None
            except http.OutboundError:
                if wait is None:
                    raise StoreUnavailable("s3_no_answer") from None
            else:
                if answer.status < 500 or wait is None:
                    return answer
            time.sleep(wait)
        raise AssertionError("unreachable")

    @staticmethod
    def _expect(statuses: tuple[int, ...], answer: http.Response) -> None:
        if answer.status not in statuses or answer.truncated:
            raise StoreUnavailable(f"s3_{answer.status}")


def _stored(item: ElementTree.Element) -> Stored:
    found = {child.tag.rpartition("}")[2]: child.text or "" for child in item}
    return Stored(found["Key"], datetime.fromisoformat(found["LastModified"].replace("Z", "+00:00")))
