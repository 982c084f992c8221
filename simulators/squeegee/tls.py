"""The same desk over TLS on a second port, with a certificate that can be trusted or, on demand, with another."""

import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from werkzeug.serving import make_server

from simulators.serving import QuietHandler

HOST = "127.0.0.1"


def serve_tls(app: Flask, port: int, folder: Path, shows_the_wrong_one: Callable[[], bool]) -> None:
    """Serve in the background until the process ends.

    `folder`/certificate.pem is the certificate: whoever trusts it (SSL_CERT_FILE) gets in. Whenever
    `shows_the_wrong_one()` says so at a handshake, another one is shown.
    """
    folder.mkdir(parents=True, exist_ok=True)
    right, wrong = (_context(folder, name) for name in ("certificate", "wrong_certificate"))

    def choose(connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
        if shows_the_wrong_one():
            connection.context = wrong

    right.sni_callback = choose
    server = make_server(HOST, port, app, threaded=True, request_handler=QuietHandler, ssl_context=right)
    threading.Thread(target=server.serve_forever, daemon=True, name="squeegee-tls").start()


def _context(folder: Path, name: str) -> ssl.SSLContext:
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    _make(certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def _make(certificate: Path, key_file: Path) -> None:
    """A certificate for loopback that vouches for itself, good for a year."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Squeegee simulator")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
