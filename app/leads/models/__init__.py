"""Leads and the pipeline they travel. One file a part; this page lists the tables."""

from app.leads.models.lead import (
    EXTRAS,
    FREQUENCIES,
    PRIORITIES,
    SERVICES,
    SHELVES,
    TIMES_OF_DAY,
    Lead,
    LeadNumberCounter,
    LeadSource,
    SearchToken,
)
from app.leads.models.next_act import ACT_WORDS_BOUND_TO, act_name, open_act_words, seal_act_words
from app.leads.models.pipeline import NOBODY, Pipeline, Stage, StageChange, StageCounter
from app.leads.models.saved_view import ListPreference, SavedView
from app.leads.models.tagging import TAG_COLOURS, Favourite, LeadTag, Tag

__all__ = [
    "ACT_WORDS_BOUND_TO", "EXTRAS", "FREQUENCIES", "NOBODY", "PRIORITIES", "SERVICES", "SHELVES", "TAG_COLOURS",
    "TIMES_OF_DAY", "Favourite", "Lead", "LeadNumberCounter", "LeadSource", "LeadTag", "ListPreference", "Pipeline",
    "SavedView", "SearchToken", "Stage", "StageChange", "StageCounter", "Tag", "act_name", "open_act_words",
    "seal_act_words",
]  # fmt: skip
