"""A quote on paper: the same words and figures as its customer's page, in the business's looks."""

from app.quotes.services.printing.quote import quote_pdf

__all__ = ["quote_pdf"]
