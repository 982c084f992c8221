"""Loading the one row that a service works on."""

from typing import TypeVar

from sqlalchemy import Select

from app.core.errors import NotFound
from app.extensions import db

Row = TypeVar("Row")


def load_one(query: Select[Row], *, lock: bool = False) -> Row:
    """The one row that `query` finds in the scope. Raises NotFound.

    `lock` holds it until the transaction ends and reads it anew, so that nothing decided on it is stale.
    """
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = db.session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found
