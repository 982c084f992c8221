"""The pages of a workspace's settings. One file a page."""

from app.workspaces.views import hours  # noqa: F401 - its routes hang on the blueprint
from app.workspaces.views.settings import bp

__all__ = ["bp"]
