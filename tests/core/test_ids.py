import subprocess
import sys
import threading
import time
from uuid import RFC_4122, UUID, uuid4

from app.core import ids


def test_an_id_is_a_version_7_uuid_of_now(monkeypatch):
    monkeypatch.setattr(ids, "_last_ms", 0)  # other tests were ahead of their time
    made = ids.new_id()
    assert type(made) is UUID and made.version == 7 and made.variant == RFC_4122
    assert abs((made.int >> 80) - time.time_ns() // 1_000_000) < 1000


def test_ids_of_one_process_are_in_order():
    made = [ids.new_id() for _ in range(50_000)]
    assert made == sorted(made) and len(set(made)) == len(made)


def test_threads_never_share_an_id():
    made: list[UUID] = []
    threads = [
        threading.Thread(target=lambda: made.extend(ids.new_id() for _ in range(5000))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 20_000


def test_order_holds_when_the_clock_steps_back(monkeypatch):
    before = ids.new_id()
    past = time.time_ns() - 3_600_000_000_000
    monkeypatch.setattr(ids.time, "time_ns", lambda: past)
    assert before < ids.new_id() < ids.new_id()


def test_forked_children_make_ids_of_their_own():
    done = subprocess.run(
        [sys.executable, "-c", FORK], capture_output=True, text=True, timeout=60, check=True
    )
    made = done.stdout.split()
    assert len(made) == len(set(made)) == 3000


# In a process of its own: forking the one that runs the tests is not safe beside its threads.
FORK = """
import os
from app.core.ids import new_id
new_id()
for child in range(3):
    if os.fork() == 0:
        os.write(1, "".join(f"{new_id()}\\n" for _ in range(1000)).encode())
        os._exit(0)
for child in range(3):
    os.wait()
"""


def test_only_the_usual_form_is_read_as_an_id():
    made = uuid4()
    assert ids.parse_id(str(made)) == made == ids.parse_id(str(made).upper())
    for text in (None, "", "42", made.hex, f"{{{made}}}", f"urn:uuid:{made}", f"{made} ", "g" * 36, "0" * 36):
        assert ids.parse_id(text) is None
