"""What a person settles before the dry run: what the columns are, and what holds for all rows."""

from app.core.catalogue import known
from app.core.spreadsheets.reading import Table
from app.imports.models import Import
from app.leads.models import LeadSource

#: Where leads of a layout come from unless the file or the person says otherwise.
_SOURCES = {"squeegee": "returning", "notion": "website_form", "plain": "website_form"}
#: Which stage they stand in then.
_STAGES = {"squeegee": "transferred_to_squeegee", "notion": "new", "plain": "new"}


def first_options(made: Import, table: Table) -> dict:
    """What the form of an import begins with."""
    source = next((source for source in known(LeadSource) if source.key == _SOURCES[made.layout]), None)
    return {
        "source_id": str(source.id) if source else None, "stage_key": _STAGES[made.layout], "owner_id": None,
        "tag": "", "stages": {}, "begin_sequences": False, "duplicates": "join",
    }  # fmt: skip
