"""The customer's own pages behind a secret link, one file a concern. Importing this hangs their routes on bp."""

from app.quotes.views.customer import answers, details, held, visit
from app.quotes.views.customer.answers import offer_values

__all__ = ["answers", "details", "held", "offer_values", "visit"]
