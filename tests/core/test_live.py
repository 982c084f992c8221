"""Who listens: one person's pages give way to their own newer ones, and to nobody else's."""

import threading
from uuid import uuid4

from app.core.live import MOST_PAGES, Hub, _put


def test_the_oldest_page_of_a_person_gives_way() -> None:
    hub, firm, busy, calm = Hub(), uuid4(), uuid4(), uuid4()
    hub._reader = threading.current_thread()  # so that it starts none
    other = hub.join(firm, calm)
    pages = [hub.join(firm, busy) for _ in range(MOST_PAGES)]
    _put(pages[0], '{"topics": ["board"]}')
    newest = hub.join(firm, busy)

    assert pages[0].get_nowait() == ""  # ended, whatever else waited there
    kept = [*pages[1:], newest, other]
    assert all(page.empty() for page in (*kept, pages[0]))

    hub.part(firm, busy, pages[0])
    for page in kept[:-1]:
        hub.part(firm, busy, page)
    hub.part(firm, calm, other)
    assert hub.count() == 0 and hub._people == {}
