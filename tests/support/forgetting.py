"""What one test's process-wide memory must not tell the next: a world keeps its ids, but not what a test changed."""

import sys
from types import ModuleType
from typing import Any


def memories() -> list[dict[Any, Any]]:
    """The caches of the product: its modules' dicts that are empty as long as nobody has asked for anything.

    To be called once the app is made and before anybody uses it. They are found rather than named, so that a cache
    that is added one day is emptied too.
    """
    modules = [module for name, module in list(sys.modules.items()) if name.startswith("app.")]
    found = [value for module in modules for value in _dicts(module) if not value]
    return list({id(value): value for value in found}.values())


def _dicts(module: ModuleType) -> list[dict[Any, Any]]:
    return [value for value in vars(module).values() if isinstance(value, dict)]
