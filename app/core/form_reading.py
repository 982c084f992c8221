"""Forms, taken apart at a cost that no sender can raise.

Every form is read before anybody asks who sends it (CSRF protection does). Half a million fields that say nothing fit
into the megabyte that a form may have, and took half a second of the process that makes everybody's pages; parts of a
form with files that were nothing but heads took ten.
"""

from binascii import a2b_qp
from collections.abc import Collection
from io import BytesIO
from typing import IO, Any

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser, MultiPartParser
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

#: Leads that are picked one by one are the most: two thousand.
MOST_FIELDS = 10_000
#: Bytes in the heads of all parts of a form with files; a head has a hundred.
_MOST_OF_HEADS = 256 * 1024
_CHUNK = 64 * 1024
#: What is left of a chunk is the beginning of a boundary, or of a head that is not there as a whole.
_MOST_IN_HAND = 3 * _CHUNK


def read_large_form(body: bytes, wanted: Collection[str]) -> dict[str, bytes]:
    """The fields of these names in a form without files, which may be thirty megabytes of escapes.

    They are undone as those of quoted-printable, which is done in C: by urllib that takes half a minute.
    """
    pairs = (part.partition(b"=") for part in body.split(b"&", MOST_FIELDS)[:MOST_FIELDS])
    found: dict[str, bytes] = {}
    for name, _, value in pairs:
        found.setdefault(name.decode("latin-1"), value)
    return {
        name: a2b_qp(found[name].replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"="))
        for name in wanted
        if name in found
    }


class BoundedFormParser(FormDataParser):
    """Werkzeug's parser of forms with bounds of its own. What goes over them is answered with 413."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Any:
        """What is left of the stream, the fields and the files; neither of a form that is broken."""
        if mimetype == "multipart/form-data":
            try:
                boundary = (options or {}).get("boundary", "").encode("ascii")
                fields, files = self._parts(stream, boundary, content_length) if boundary else ([], [])
            except ValueError:
                fields, files = [], []
            return stream, self.cls(fields), self.cls(files)
        if mimetype == "application/x-www-form-urlencoded":
            body = stream.read()
            if body.count(b"&") >= MOST_FIELDS:
                raise RequestEntityTooLarge
            stream = BytesIO(body)
        return super().parse(stream, mimetype, content_length, options)

    def _parts(
        self, stream: IO[bytes], boundary: bytes, content_length: int | None
    ) -> tuple[list[tuple[str, str]], list[tuple[str, FileStorage]]]:
        decoder = MultipartDecoder(boundary, _MOST_IN_HAND, max_parts=self.max_form_parts)
        fields: list[tuple[str, str]] = []
        files: list[tuple[str, FileStorage]] = []
        part, content, of_heads = Field("", {}), BytesIO(), 0  # type: ignore[arg-type]
        event: Event = NeedData()
        while not isinstance(event, Epilogue):
            if isinstance(event, NeedData):
                decoder.receive_data(stream.read(_CHUNK) or None)
            elif isinstance(event, (Field, File)):
                of_heads += sum(len(name) + len(value) + 4 for name, value in event.headers)
                part, content = event, self._content(event, content_length)  # type: ignore[assignment]
            elif isinstance(event, Data):
                content.write(event.data)
                if isinstance(part, Field) and content.tell() > (self.max_form_memory_size or content.tell()):
                    raise RequestEntityTooLarge
                if not event.more_data:
                    _end(part, content, fields, files)
            if of_heads > _MOST_OF_HEADS:
                raise RequestEntityTooLarge
            event = decoder.next_event()
        return fields, files

    def _content(self, part: Field | File, content_length: int | None) -> Any:
        if isinstance(part, Field):
            return BytesIO()
        kind = part.headers.get("content-type")
        return self.stream_factory(content_length, kind, part.filename, None)


def _end(part: Field | File, content: Any, fields: list[tuple[str, str]], files: list[tuple[str, FileStorage]]) -> None:
    content.seek(0)
    if isinstance(part, Field):
        charset = MultiPartParser().get_part_charset(part.headers)
        fields.append((part.name, content.read().decode(charset, "replace")))
    else:
        files.append((part.name, FileStorage(content, part.filename, part.name, headers=part.headers)))
