"""Every column with sealed values is known to what seals them anew, and no column of bytes is neither."""

from sqlalchemy import LargeBinary, text

from app.core.models import Sealed
from app.core.sealed_columns import sealed_columns
from app.extensions import db

#: Columns of bytes that hold nothing sealed.
NOT_SEALED = {
    "workspace_keys.wrapped": "keys under the master key: `flask keys rewrap`",
    "files.fingerprint": "a keyed hash of what was sent, which nobody has any more; older keys are tried too",
    "logos.image": "a logo is on public pages",
    "password_resets.token_hash": "a hash of what was mailed",
    "search_tokens.token": "keyed hashes under the index key, as all that follow",
    "contacts.email_key": "index key",
    "contacts.phone_key": "index key",
    "properties.place_key": "index key",
    "suppressions.address_key": "index key",
    "arrivals.sender_key": "index key",
    "form_submissions.text_key": "index key",
    "import_rows.row_key": "index key",
    "squeegee_customers.ref_key": "index key",
    "squeegee_customers.place_key": "index key",
    "squeegee_customers.phone_key": "index key",
    "squeegee_customers.mobile_key": "index key",
    "squeegee_customers.identity_key": "index key",
    "arrivals.arrival_key": "a hash of the provider's name for it",
    "form_submissions.submission_key": "a hash of a random token",
    "used_challenges.challenge_key": "a hash of a random token",
    "memberships.digest_key": "a hash of what the last digest said",
    "access_keys.key_hash": "hashes with the pepper",
    "login_throttles.key_hash": "a hash",
    "login_sessions.token_hash": "a hash of a random token",
    "known_devices.token_hash": "a hash of a random token",
}


def names(*, stay: bool = False) -> set[str]:
    return {
        f"{table.name}.{each.column.name}" for table, columns in sealed_columns(stay=stay).items() for each in columns
    }


def test_every_column_of_bytes_is_sealed_anew_or_says_why_not(app) -> None:
    columns = db.session.execute(
        text(
            "select table_name || '.' || column_name from information_schema.columns"
            " where table_schema = 'public' and data_type in ('bytea', 'ARRAY') and udt_name in ('bytea', '_bytea')"
        )
    )
    known = names() | names(stay=True) | set(NOT_SEALED)
    assert set(columns.scalars()) == known
    assert not (names() | names(stay=True)) & set(NOT_SEALED)


def test_every_model_declares_its_sealed_columns_as_such() -> None:
    known = names() | names(stay=True)
    for mapper in db.Model.registry.mappers:
        sealed = {each.column for each in vars(mapper.class_).values() if isinstance(each, Sealed)}
        assert {f"{mapper.local_table.name}.{column}" for column in sealed} <= known
    for table in db.metadata.tables.values():
        named = {column.name for column in table.columns if column.name.endswith("_sealed")}
        assert {f"{table.name}.{name}" for name in named} <= known
        assert all(isinstance(table.c[name].type, LargeBinary) for name in named)


def test_only_the_audit_log_keeps_what_it_has() -> None:
    assert names(stay=True) == {"audit_entries.before_sealed", "audit_entries.after_sealed"}


def test_rows_are_found_by_workspace_and_id() -> None:
    for table in sealed_columns():
        assert [column.name for column in table.primary_key] == ["workspace_id", "id"]
