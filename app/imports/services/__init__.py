"""What can be done with imports. One file a verb; this page lists them."""

from app.imports.services.beginning import begin

__all__ = ["begin"]
