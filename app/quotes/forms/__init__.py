"""Reading what was typed about quotes: at the desk, and by customers."""

from app.quotes.forms.answering import AnswerForm
from app.quotes.forms.typed import one_line, plain
from app.quotes.forms.writing import QuoteForm

__all__ = ["AnswerForm", "QuoteForm", "one_line", "plain"]
