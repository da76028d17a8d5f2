"""Ids of runs that follow from what is run, so that the same again is the same run."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from scribetree.host.workflows.definition import Workflow
from scribetree.privacy.keys import KeyRing

__all__ = ["run_id_of"]


def run_id_of(workflow: Workflow, inputs: Mapping[str, Any], *keys: str, ring: KeyRing) -> str:
    """The id that follows from what is run and the keys, and tells nothing of them to anyone without the key ring."""
    what = [workflow.model_dump(mode="json", by_alias=True), dict(inputs), *keys]
    return hmac.new(ring.key("batch"), json.dumps(what, sort_keys=True).encode(), hashlib.sha256).hexdigest()[:32]
