"""The outbound door, against real servers on loopback."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from app.core import http
from tests.support.raw_server import OK, RawServer, answer


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    started: list[RawServer] = []

    def start(behave: Callable[[socket.socket], None]) -> RawServer:
        started.append(RawServer(behave))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def local(server: RawServer, path: str = "/", **options: object) -> http.Response:
    return http.request("POST", f"http://127.0.0.1:{server.port}{path}", allow_private=True, **options)


def test_it_sends_json_and_returns_the_answer(serve) -> None:
    server = serve(answer(OK))
    response = local(server, "/hook?a=1", json={"name": "x"}, headers={"Authorization": "Bearer k"})
    assert (response.status, response.json(), response.headers["content-type"]) == (
        200,
        {"ok": True},
        "application/json",
    )
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?a=1 HTTP/1.1")
    assert f"host: 127.0.0.1:{server.port}" in head.decode().lower()
    assert "authorization: bearer k" in head.decode().lower()
    assert body == b'{"name": "x"}'


def test_an_error_status_is_an_answer(serve) -> None:
    response = local(serve(answer(b"HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n")))
    assert response.status == 503


def test_a_redirect_to_loopback_is_not_followed(serve) -> None:
    canary = serve(answer(OK))
    place = f"http://127.0.0.1:{canary.port}/".encode()
    response = local(
        serve(answer(b"HTTP/1.1 302 Go\r\nContent-Length: 0\r\nLocation: " + place + b"\r\n\r\n"))
    )
    assert response.status == 302
    assert canary.connections == 0


def test_a_proxy_in_the_environment_is_not_used(serve, monkeypatch) -> None:
    proxy, server = serve(answer(OK)), serve(answer(OK))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    local(server)
    assert (proxy.connections, server.connections) == (0, 1)


def test_a_closed_port_is_certainly_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(http.OutboundNotSent):
        http.request("GET", f"http://127.0.0.1:{port}/", allow_private=True)


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", OK[:-4], b"SMTP ready\r\n\r\n"])
def test_a_connection_cut_after_sending_is_unclear(serve, sent: bytes) -> None:
    with pytest.raises(http.OutboundUnclear):
        local(serve(answer(sent)), json={"a": 1})


def test_a_cut_chunked_answer_is_unclear(serve) -> None:
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    with pytest.raises(http.OutboundUnclear):
        local(serve(answer(data)))


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_a_slow_drip_ends_at_the_total_limit(serve, head: bytes) -> None:
    stop = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(head)
        while not stop.wait(0.05):
            connection.sendall(b"H")

    started = time.monotonic()
    with pytest.raises(http.OutboundUnclear, match="in time"):
        local(serve(drip), timeout=0.5)
    stop.set()
    assert time.monotonic() - started < 1.5


def test_an_oversized_body_is_cut_and_cannot_be_read_as_json(serve) -> None:
    data = b'{"a":"' + b"x" * 100_000 + b'"}'
    response = local(serve(answer(b"HTTP/1.1 200 OK\r\n\r\n" + data)), max_bytes=1000)
    assert (len(response.body), response.truncated) == (1000, True)
    with pytest.raises(http.OutboundUnclear):
        response.json()


def test_a_chunk_of_less_than_nothing_does_not_fill_the_memory(serve) -> None:
    """http.client takes such a size for "all there is"."""
    sent, over = [0], threading.Event()

    def flood(connection: socket.socket) -> None:
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n")
            for _ in range(64):
                connection.sendall(b"x" * 1_000_000)
                sent[0] += 1_000_000
        finally:
            over.set()

    with pytest.raises(http.OutboundUnclear):
        local(serve(flood), max_bytes=1000)
    assert over.wait(5)
    assert sent[0] < 16_000_000  # what systems hold for a reader who has left, and little more


def test_a_body_in_the_smallest_chunks_is_read(serve) -> None:
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 60_000 + b"0\r\n\r\n"
    assert local(serve(answer(data))).body == b"x" * 60_000


def test_an_answer_that_is_no_json_is_unclear_to_whoever_wants_json(serve) -> None:
    with pytest.raises(http.OutboundUnclear):
        local(serve(answer(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<ht>"))).json()


def test_errors_name_the_host_and_nothing_else(serve) -> None:
    server = serve(answer(b"secret-echo"))
    with pytest.raises(http.OutboundUnclear) as caught:
        local(server, "/canary-path?t=canary", json={"name": "canary-body"}, headers={"X-Key": "canary-key"})
    assert str(caught.value) == "127.0.0.1: the connection broke"
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "headers", [{"Host": "a"}, {"X": "a\r\nY: b"}, {"Content-Length": "1"}, {"X\r\n": "a"}]
)
def test_headers_that_could_smuggle_are_refused(serve, headers: dict[str, str]) -> None:
    server = serve(answer(OK))
    with pytest.raises(http.OutboundRefused):
        local(server, headers=headers)
    assert server.connections == 0
