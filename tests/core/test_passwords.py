import subprocess
import sys
import threading
import time

import pytest
from argon2 import PasswordHasher

from app.core import passwords
from app.core.passwords import CHEAPEST_PARAMS, HashParams, hash_password, needs_rehash, verify_password


def test_hashing_and_verifying():
    stored = hash_password("four otters on a raft", CHEAPEST_PARAMS)
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, "four otters on a raft", CHEAPEST_PARAMS)
    assert not verify_password(stored, "four otters on a craft", CHEAPEST_PARAMS)
    assert stored != hash_password("four otters on a raft", CHEAPEST_PARAMS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("correct horse ", "correct horse"),
        ("Correct horse", "correct horse"),
        ("x" * 72 + "a", "x" * 72 + "b"),
        ("caf\u00e9 au lait!", "cafe\u0301 au lait!"),
    ],
)
def test_a_password_is_taken_exactly_as_typed(one, other):
    assert not verify_password(hash_password(one, CHEAPEST_PARAMS), other, CHEAPEST_PARAMS)


def test_unknown_users_broken_hashes_and_odd_text_are_only_wrong():
    assert not verify_password(None, "nobody has this password", CHEAPEST_PARAMS)
    assert not verify_password("nonsense", "x", CHEAPEST_PARAMS)
    assert not verify_password(hash_password("", CHEAPEST_PARAMS), "\ud800", CHEAPEST_PARAMS)
    with pytest.raises(ValueError):
        hash_password("\ud800", CHEAPEST_PARAMS)


def test_an_unknown_user_costs_as_much_as_a_known_one():
    params = HashParams(memory_kib=4096, passes=2)
    stored = hash_password("four otters on a raft", params)
    verify_password(None, "x", params)  # makes the dummy hash

    def best(reference: str | None) -> float:
        times = []
        for _ in range(15):
            begun = time.thread_time()
            verify_password(reference, "wrong", params)
            times.append(time.thread_time() - begun)
        return min(times)

    assert 0.5 < best(None) / best(stored) < 2


def test_rehashing_is_asked_for_when_the_cost_changed():
    stored = hash_password("four otters on a raft", CHEAPEST_PARAMS)
    assert not needs_rehash(stored, CHEAPEST_PARAMS)
    assert needs_rehash(stored)
    assert needs_rehash("nonsense")


def test_the_default_cost():
    assert (passwords.DEFAULT_PARAMS.memory_kib, passwords.DEFAULT_PARAMS.passes) == (65536, 3)


def test_no_more_than_two_hash_at_a_time(monkeypatch):
    busy, most, lock = 0, 0, threading.Lock()
    real = PasswordHasher.verify

    def watched(self, *rest):
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        try:
            return real(self, *rest)
        finally:
            with lock:
                busy -= 1

    params = HashParams(memory_kib=8192, passes=2)
    stored = hash_password("four otters on a raft", params)
    monkeypatch.setattr(PasswordHasher, "verify", watched)
    threads = [threading.Thread(target=verify_password, args=(stored, "wrong", params)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_under_gevent_hashing_does_not_stop_the_other_greenlets():
    pytest.importorskip("gevent")
    script = """
from gevent import monkey; monkey.patch_all()
import gevent
from app.core.passwords import HashParams, hash_password, verify_password
params = HashParams(memory_kib=65536, passes=3)
ticks = []
def tick():
    while True:
        ticks.append(1); gevent.sleep(0.005)
ticker = gevent.spawn(tick)
stored = hash_password("four otters on a raft", params)
jobs = [gevent.spawn(verify_password, stored, "four otters on a raft", params) for _ in range(4)]
gevent.joinall(jobs, raise_error=True)
assert all(job.value for job in jobs)
assert len(ticks) >= 10, len(ticks)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_under_gevent_a_wrong_password_writes_nothing_to_the_log():
    """gevent prints a traceback of whatever is raised in a thread of its hub, however well it is caught."""
    pytest.importorskip("gevent")
    script = """
from gevent import monkey; monkey.patch_all()
from app.core.passwords import CHEAPEST_PARAMS, hash_password, verify_password
stored = hash_password("four otters on a raft", CHEAPEST_PARAMS)
assert verify_password(stored, "four otters on a raft", CHEAPEST_PARAMS)
assert not verify_password(stored, "wrong", CHEAPEST_PARAMS)
assert not verify_password(None, "wrong", CHEAPEST_PARAMS)
assert not verify_password("nonsense", "wrong", CHEAPEST_PARAMS)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
