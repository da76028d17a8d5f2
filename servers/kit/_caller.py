"""Who is calling, resolved once for each request and handed to the tools that ask for it."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Annotated, Any

from mcp.server.mcpserver import Resolve

from scribetree.errors import Denied
from scribetree.privacy.caller import CALLER_KEY, verify
from scribetree.privacy.context import UNNAMED, PrivacyContext, Purpose, as_purpose, role_of_profile
from scribetree.provenance import is_correlation_id, new_correlation_id
from scribetree.servers.kit._wiring import Wiring

__all__ = ["CORRELATION_KEY", "Caller", "Means", "Request", "current", "resolve_caller"]

CORRELATION_KEY = "scribetree/correlation_id"


@dataclass(frozen=True, slots=True)
class Request:
    """What belongs to the call that is running."""

    caller: PrivacyContext
    wiring: Wiring


current: ContextVar[Request] = ContextVar("scribetree_request")


def _caller() -> PrivacyContext:
    return current.get().caller


def _wiring() -> Wiring:
    return current.get().wiring


_FIRST_PURPOSE: Purpose = "learning"

Caller = Annotated[PrivacyContext, Resolve(_caller)]
"""A tool parameter of this type receives the caller, and is no argument of the tool."""

Means = Annotated[Wiring, Resolve(_wiring)]
"""A tool parameter of this type receives the process's clock and stores."""


def resolve_caller(
    meta: dict[str, Any], arguments: dict[str, Any], wiring: Wiring, *, usual_purpose: str | None = None
) -> PrivacyContext:
    """
    The caller of one request, with the purpose and student that its arguments name.

    A token in the request's metadata says who asks; without one it is whoever this process serves. Where the arguments
    name no purpose and the caller none but the one that everybody begins with, it is the tool's usual one: what a tool
    is for decides which consent is asked, not what was left out.
    """
    token = meta.get(CALLER_KEY)
    caller = _of_process(meta, wiring) if token is None else verify(token, ring=wiring.ring)
    words, student = arguments.get("purpose"), arguments.get("student_id")
    if words is None and caller.purpose == _FIRST_PURPOSE:
        words = usual_purpose
    return caller.about(
        purpose=as_purpose(words) if isinstance(words, str) else None,
        student_id=student if isinstance(student, str) else None,
    )


def _of_process(meta: dict[str, Any], wiring: Wiring) -> PrivacyContext:
    if not wiring.serves_unnamed:
        raise Denied("This call names no caller.", hint="Call through a host of the same installation.")
    correlation_id = meta.get(CORRELATION_KEY)
    return PrivacyContext(
        requester_id=wiring.settings.requester_id or UNNAMED,
        requester_type=role_of_profile(wiring.settings.profile),
        purpose=_FIRST_PURPOSE,
        correlation_id=str(correlation_id) if is_correlation_id(correlation_id) else new_correlation_id(),
    )
