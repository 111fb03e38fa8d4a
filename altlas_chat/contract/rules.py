"""What we ask of our own contract beyond its being one: ``rest_rules``, ``live_rules``, plans.

Findings name places in the bundles (line 0), whose pointers are those of the joined sources.
"""

from pathlib import Path

import yaml

from altlas_chat.contract.live_rules import check_live
from altlas_chat.contract.rest_rules import check_rest
from altlas_chat.specs.documents import Json
from altlas_chat.specs.findings import Finding, Place

PLANS = (
    "operations",
    "parameters",
    "properties",
    "values",
    "securitySchemes",
    "commands",
    "events",
)


def plan_findings(folder: Path) -> list[Finding]:
    """The kinds that planned.yaml lacks."""
    file = folder / "planned.yaml"
    kinds = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
    return [
        Finding(Place(str(file)), "own-plan", f"it has no {kind}", "Add it, empty if need be.")
        for kind in PLANS
        if kind not in kinds
    ]


def rest_findings(bundle: Json, folder: Path) -> list[Finding]:
    """What our rules find in the bundle of REST, which must be a sound document."""
    planned = yaml.safe_load((folder / "planned.yaml").read_text(encoding="utf-8"))
    return list(check_rest(bundle, planned))


def live_findings(bundle: Json, folder: Path) -> list[Finding]:
    """What our rules find in the bundle of the WebSocket, which must be a sound document."""
    del folder
    return list(check_live(bundle))
