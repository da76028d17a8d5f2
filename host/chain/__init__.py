"""
The fallback chain: mcp, then http, then mock, then static, and for writes the outbox.

    _call.py     what is asked, and what its tool is like
    _remote.py   the rungs outside this process, each instance behind its breaker
    _mock.py     the last good answer, else the tool in this process; what a degraded answer may not say
    _static.py   what to do while a tool is away
    outbox.py    writes that wait for their server
    _chain.py    the order, and what falls through
"""

from scribetree.host.chain._answers import LastAnswers
from scribetree.host.chain._call import Call, Traits
from scribetree.host.chain._chain import Chain
from scribetree.host.chain._forget import ChainTraces
from scribetree.host.chain._local import LocalServers
from scribetree.host.chain._mock import Standins
from scribetree.host.chain._remote import HttpTarget, McpTarget, Target
from scribetree.host.chain._static import static_answers
from scribetree.host.chain.outbox import Outbox, Waiting

__all__ = [
    "Call",
    "Chain",
    "ChainTraces",
    "HttpTarget",
    "LastAnswers",
    "LocalServers",
    "McpTarget",
    "Outbox",
    "Standins",
    "Target",
    "Traits",
    "Waiting",
    "static_answers",
]
