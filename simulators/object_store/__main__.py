"""python -m simulators.object_store --port P --key-id ID --secret SECRET --bucket NAME"""

import argparse
import threading
import time
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from flask import Flask, Response, abort, jsonify, request

from simulators.object_store.signatures import fault
from simulators.serving import Cut, make_app, serve
from simulators.switches import Switchboard

LARGEST = 64 * 1024 * 1024
SWITCHES = {
    "slow": ("answers after so many seconds", 1.0),
    "status_500": ("answers 500 and keeps nothing", None),
    "status_503_kept": ("keeps it and answers 503", None),
    "cut": ("hangs up without an answer", None),
}


class Shelf:
    """What lies in the bucket, in memory: key -> (bytes, since when)."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.counts: dict[str, int] = {}
        self.lock = threading.Lock()

    def count(self, method: str) -> None:
        with self.lock:
            self.counts[method] = self.counts.get(method, 0) + 1


def make_store(key_id: str, secret: str, bucket: str) -> Flask:
    """The simulator as a WSGI app."""
    app = make_app(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    shelf, switches = Shelf(), Switchboard(SWITCHES, ("PUT", "GET", "DELETE"))
    _control(app, shelf, switches)

    @app.route("/<name>", methods=["GET"], defaults={"key": ""})
    @app.route("/<name>/<path:key>", methods=["PUT", "GET", "DELETE"])
    def act(name: str, key: str) -> Response:
        body = request.get_data()
        wrong = fault(request, body, key_id, secret)
        if wrong or name != bucket:
            return _refuse(wrong or "NoSuchBucket", 404 if not wrong else 403)
        shelf.count(request.method)
        _misbehave(switches)
        answer = _listing(shelf) if not key else _ACTS[request.method](shelf, key, body)
        if switches.take("status_503_kept", request.method):
            return _refuse("SlowDown", 503)
        return answer

    return app


def _misbehave(switches: Switchboard) -> None:
    method = request.method
    if slow := switches.take("slow", method):
        time.sleep(slow.value or 1)
    if switches.take("cut", method):
        raise Cut
    if switches.take("status_500", method):
        abort(500)


def _put(shelf: Shelf, key: str, body: bytes) -> Response:
    shelf.objects[key] = body, datetime.now(UTC)
    return Response(status=200)


def _get(shelf: Shelf, key: str, body: bytes) -> Response:
    if key not in shelf.objects:
        return _refuse("NoSuchKey", 404)
    response = Response(shelf.objects[key][0], content_type="application/octet-stream")
    return response.make_conditional(request, accept_ranges=True, complete_length=len(shelf.objects[key][0]))


def _delete(shelf: Shelf, key: str, body: bytes) -> Response:
    shelf.objects.pop(key, None)
    return Response(status=204)


_ACTS = {"PUT": _put, "GET": _get, "DELETE": _delete}


def _listing(shelf: Shelf) -> Response:
    if request.args.get("list-type") != "2":
        return _refuse("InvalidRequest", 400)
    after, most = request.args.get("start-after", ""), min(1000, int(request.args.get("max-keys", 1000)))
    keys = [key for key in sorted(shelf.objects) if key > after]
    items = "".join(
        f"<Contents><Key>{escape(key)}</Key><LastModified>{shelf.objects[key][1]:%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
        f"<Size>{len(shelf.objects[key][0])}</Size></Contents>"
        for key in keys[:most]
    )
    truncated = str(len(keys) > most).lower()
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<IsTruncated>{truncated}</IsTruncated>{items}</ListBucketResult>"
    )
    return Response(text, content_type="application/xml")


def _refuse(code: str, status: int) -> Response:
    return Response(f"<Error><Code>{code}</Code></Error>", status, content_type="application/xml")


def _control(app: Flask, shelf: Shelf, switches: Switchboard) -> None:
    """`/_state`, `/_switches`, `/_reset`, and `/_age`, which makes all that is there older by so many seconds."""

    @app.get("/_state")
    def state() -> Response:
        return jsonify(keys=sorted(shelf.objects), counts=shelf.counts, switches=switches.current())

    @app.post("/_switches")
    def change() -> Response:
        switches.change(request.get_json())
        return jsonify(switches.current())

    @app.post("/_age")
    def age() -> Response:
        by = timedelta(seconds=request.get_json()["seconds"])
        for key, (body, since) in shelf.objects.items():
            shelf.objects[key] = body, since - by
        return jsonify(success=True)

    @app.post("/_reset")
    def reset() -> Response:
        shelf.objects.clear()
        shelf.counts.clear()
        switches.change({"all": False})
        return jsonify(success=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="simulators.object_store", description="A local S3 on 127.0.0.1.")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--key-id", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--bucket", required=True)
    given = parser.parse_args()
    app = make_store(given.key_id, given.secret, given.bucket)
    serve(app, given.port, lambda port: f"object store ready http://127.0.0.1:{port}")


if __name__ == "__main__":
    main()
