"""Servers that come to TLS byte by byte. Under gevent, whose timeouts hold for each wait, they held on for hours."""

import subprocess
import sys

_SCRIPT = """
from gevent import monkey; monkey.patch_all()
import os, socket, threading, time
HANDSHAKE = b"\\x16\\x03\\x03\\x3f\\xff"  # of sixteen kilobytes

def dripping():
    listener = socket.create_server(("127.0.0.1", 0))
    def drip():
        link, _ = listener.accept()
        link.sendall(HANDSHAKE)
        try:
            while True:
                time.sleep(0.3)
                link.sendall(b"\\x02")
        except OSError:
            pass
    threading.Thread(target=drip, daemon=True).start()
    return listener.getsockname()[1]

from app.core import http
from app.messaging.transports.sockets import Deadline, connect
began = time.monotonic()
try:
    http.request("GET", f"https://127.0.0.1:{dripping()}/", timeout=1.5, allow_private=True)
except http.OutboundNotSent:
    print("not sent")
try:
    connect("127.0.0.1", dripping(), Deadline(1.5), tls=True, allow_private=True)
except TimeoutError:
    print("no connection")
print(time.monotonic() - began < 6)
os._exit(0)
"""


def test_a_handshake_ends_in_time_however_it_comes():
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, timeout=40, check=False)
    assert done.stdout.split("\n")[:3] == ["not sent", "no connection", "True"], done.stderr
