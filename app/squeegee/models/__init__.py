"""What Squeegee is to Sill: an account, transfers to it, news from it."""

from app.squeegee.models.account import SqueegeeAccount, SqueegeeCircuit
from app.squeegee.models.news import NEWS_SOURCES, NEWS_STATES, BookingNews
from app.squeegee.models.transfers import (
    BATCH_FORMATS,
    BATCH_STATES,
    METHODS,
    STATES,
    STEPS,
    Transfer,
    TransferBatch,
    TransferCall,
)

__all__ = [
    "BATCH_FORMATS", "BATCH_STATES", "METHODS", "NEWS_SOURCES", "NEWS_STATES", "STATES", "STEPS", "BookingNews",
    "SqueegeeAccount", "SqueegeeCircuit", "Transfer", "TransferBatch", "TransferCall",
]  # fmt: skip
