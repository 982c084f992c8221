"""A workspace with a price book."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.extensions import db
from app.price_book.models import PriceBook
from app.price_book.queries import Book
from app.price_book.services.saving import store_version
from app.workspaces.queries import today_here
from tests.price_book.books import PLAIN
from tests.support.world import World

Store = Callable[..., Book]


@pytest.fixture
def store(world: World) -> Store:
    """Keep a version as it is: `store()`, `store(book, days=-30, version_no=2)`."""

    def store_one(book: Book = PLAIN, days: int = 0, version_no: int = 1) -> Book:
        stored = store_version(book, today_here() + timedelta(days=days), version_no, world.alice.actor)
        # A page tells the prices that stood when it was made; those of tests were made minutes ago.
        db.session.execute(update(PriceBook).values(created_at=PriceBook.created_at - timedelta(hours=1)))
        db.session.commit()
        return stored

    return store_one
