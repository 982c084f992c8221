"""The import contract of the feature folders, for import-linter (bin/test runs it).

Features are found, not listed: every package in app/ but the kernel and the embedded servers. So a new feature
is under the contract from its first file.
"""

from collections.abc import Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output

KERNEL = "core"
NOT_FEATURES = {KERNEL, "embedded"}
# Only these single modules wire features together, so only they may reach any part of one.
WIRING = {"features", "reactions", "schedule", "cli"}
PRIVATE = {"views", "forms", "jobs"}
# A part may use parts with a lower number. Those without a number may be used by all.
RANKS = {"views": 5, "jobs": 4, "forms": 3, "services": 2, "queries": 1, "models": 0}

Fault = tuple[str, str, str]


class FeatureContract(Contract):
    """Keeps the kernel free of features, features out of each other's views, and each part below those it serves."""

    type_name = "features"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Return whether every import inside `app` is allowed, and those that are not with the reason."""
        features = {
            module.split(".")[1]
            for module in graph.find_children("app")
            if graph.find_children(module) and module.split(".")[1] not in NOT_FEATURES
        }
        faults = [
            (importer, imported, reason)
            for importer in graph.modules
            for imported in graph.find_modules_directly_imported_by(importer)
            if (reason := fault(importer, imported, features))
        ]
        return ContractCheck(kept=not faults, metadata={"faults": sorted(faults)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line per import that is not allowed."""
        for line in lines(check.metadata["faults"]):
            output.print_error(line)


def lines(faults: list[Fault]) -> Iterator[str]:
    """Yield what to show of each fault."""
    for importer, imported, reason in faults:
        yield f"{importer} imports {imported}: {reason}"


def fault(importer: str, imported: str, features: set[str]) -> str | None:
    """Return why `importer` may not import `imported`, None if it may. Both are dotted names below `app`."""
    _, home, *inner = [*importer.split("."), ""]
    _, target, *part = [*imported.split("."), ""]
    if home in WIRING or not home:
        return None
    if target in features and home not in features:
        return "only features and the wiring know features"
    if target in WIRING:
        return "the wiring is imported by nobody below it"
    if target not in features or not part[0]:
        return None
    if home != target and part[0] in PRIVATE:
        return f"a feature keeps its {part[0]} to itself"
    if RANKS.get(inner[0], 9) < RANKS.get(part[0], -1):
        return f"{inner[0]} stand below {part[0]}"
    return None
