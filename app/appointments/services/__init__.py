"""What can be done with visits. One file a verb; this page lists them."""

from app.appointments.services.booking import book_visit
from app.appointments.services.leaving import free_visits
from app.appointments.services.outcomes import note_no_show

__all__ = ["book_visit", "free_visits", "note_no_show"]
