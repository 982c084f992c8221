"""What the palette shows: leads, people and houses found by what is typed, and the pages one may go to."""

from app.search.queries.finding import find
from app.search.queries.found import Found, FoundHouse, FoundLead, FoundPerson
from app.search.queries.pages import Page, pages_for
from app.search.queries.recent import recent_leads

__all__ = ["Found", "FoundHouse", "FoundLead", "FoundPerson", "Page", "find", "pages_for", "recent_leads"]
