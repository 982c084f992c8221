"""What can be done with visits. One file a verb; this page lists them."""

from app.appointments.services.booking import book_visit

__all__ = ["book_visit"]
