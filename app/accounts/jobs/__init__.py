"""The work of accounts."""

from app.accounts.jobs.cleaning import clean_up
from app.accounts.jobs.mailing import mail_link, tell_of_change

__all__ = ["clean_up", "mail_link", "tell_of_change"]
