"""Where outbound requests may go, with a name server that lies and certificates that do not fit."""

import datetime
import ipaddress
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.core import http, outbound_addresses
from tests.support.raw_server import OK, RawServer, answer


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    started: list[RawServer] = []

    def start(behave: Callable[[socket.socket], None], context: ssl.SSLContext | None = None) -> RawServer:
        started.append(RawServer(behave, context))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://127.0.0.0x1/",
        "https://0.0.0.0/",
        "https://localhost/",
        "https://localhost./",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1%25lo]/",
        "https://[fd00::1]/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://224.0.0.1/",
        "https://[ff0e::1]/",
        "https://255.255.255.255/",
        "http://example.com/",
        "https://example.com:8443/",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://user:pass@example.com/",
        "https://example.com@127.0.0.1/",
        "https://example.com\\@127.0.0.1/",
        "https://exa mple.com/",
        "https://example.com/\r\nX: 1",
        "https://ex%61mple.com/",
        "https:///path",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://bücher.example/",
    ],
)
def test_addresses_outside_the_policy_are_refused(url: str) -> None:
    with pytest.raises(http.OutboundRefused):
        http.request("GET", url, timeout=3)


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "http://0.0.0.0/", "http://[fe80::1]/", "http://[ff02::1]/"]
)
def test_metadata_and_wildcards_are_refused_even_for_own_hosts(url: str) -> None:
    with pytest.raises(http.OutboundRefused):
        http.request("GET", url, allow_private=True, timeout=3)


@pytest.mark.parametrize(
    "text", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "2002:5db8:d822::1"]
)
def test_public_addresses_are_allowed(text: str) -> None:
    assert outbound_addresses.is_allowed(ipaddress.ip_address(text))


def _name_server(monkeypatch, *answers: list[str]) -> list[str]:
    """Make the name lookup give each of these answers in turn; returns the names asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host, port, *args, **kwargs):
        if host != "rebind.example.com":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch) -> None:
    _name_server(monkeypatch, ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(http.OutboundRefused):
        http.request("GET", "https://rebind.example.com/")


def test_a_name_is_looked_up_once_and_connected_where_it_was_vetted(serve, monkeypatch) -> None:
    server = serve(answer(OK))
    asked = _name_server(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    response = http.request("GET", f"http://rebind.example.com:{server.port}/", allow_private=True)
    assert response.status == 200
    assert asked == ["rebind.example.com"]
    assert f"rebind.example.com:{server.port}".encode() in server.requests[0]


def test_an_unknown_name_is_certainly_not_sent(monkeypatch) -> None:
    _name_server(monkeypatch, [])
    with pytest.raises(http.OutboundNotSent):
        http.request("GET", "https://rebind.example.com/")


def _certificate(tmp_path, name: str) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = tmp_path / "cert.pem", tmp_path / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    no_password = serialization.NoEncryption()
    kind = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, no_password))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context


@pytest.mark.parametrize(
    ("name", "trusted"), [("localhost", True), ("other.example.com", True), ("localhost", False)]
)
def test_tls_is_checked_against_the_name_and_the_trust_store(
    serve, tmp_path, monkeypatch, name, trusted
) -> None:
    server = serve(answer(OK), _certificate(tmp_path, name))
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    url = f"https://localhost:{server.port}/"
    if name == "localhost" and trusted:
        assert http.request("GET", url, allow_private=True).status == 200
        return
    with pytest.raises(http.OutboundNotSent):
        http.request("GET", url, allow_private=True)
    assert server.requests == []


def test_name_servers_that_are_silent_keep_nobody_from_signing_in():
    """Whoever has a workspace may have servers tried whose names take their time; hashes and our own hosts wait not."""
    script = """
import socket, _socket, time
wait = time.sleep
def look_up(name, *given, **more):
    if name.endswith(".slow.example"):
        wait(8)
        raise socket.gaierror
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.9", 443))]
socket.getaddrinfo = _socket.getaddrinfo = look_up
from gevent import monkey; monkey.patch_all()
import gevent
from app.core.outbound_addresses import OutboundNoName, vetted_addresses
from app.core.passwords import CHEAPEST_PARAMS, hash_password, verify_password
stored = hash_password("four otters on a raft", CHEAPEST_PARAMS)
def try_out(number):
    try:
        vetted_addresses(f"{number}.slow.example", 443, time.monotonic() + 3, False)
    except OutboundNoName:
        return True
tries = [gevent.spawn(try_out, number) for number in range(30)]
gevent.sleep(0.2)
began = time.monotonic()
assert verify_password(stored, "four otters on a raft", CHEAPEST_PARAMS)
assert [str(each) for each in vetted_addresses("store.example", 443, began + 2, True)] == ["10.0.0.9"]
assert time.monotonic() - began < 2, time.monotonic() - began
gevent.joinall(tries)
assert all(each.value for each in tries) and time.monotonic() - began < 6, time.monotonic() - began
import os; os._exit(0)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
