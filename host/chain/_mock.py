"""
The rungs in this process: the last good answer to the same question, else the tool itself; then what to do meanwhile.

Both pass the guard first, so that a caller who would be denied by the server is denied here, in the same words. Of a
foreign server this process has no guard, and says nothing for it.
"""

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from mcp.types import CallToolResult, TextContent

from scribetree.errors import ScribeTreeError
from scribetree.host.chain._answers import LastAnswers
from scribetree.host.chain._call import Call
from scribetree.host.chain._caps import capped
from scribetree.host.chain._local import LocalServers
from scribetree.host.chain._static import static_answer
from scribetree.privacy.caller import CALLER_KEY
from scribetree.servers.kit import error_of, error_result

__all__ = ["Standin", "Standins"]

_CAPS = "It raises no access level and clears no question."
_MOST_HARMFUL = 1_000
_FAULTS = frozenset({"internal", "unavailable"})


@dataclass(frozen=True, slots=True)
class Standin:
    """An answer in the place of the server's; `is_final` for a refusal, which no other rung may soften."""

    result: CallToolResult
    age_s: float | None = None
    is_final: bool = False


class Standins:
    """What this process can say for a server that is away."""

    def __init__(self, *, local: LocalServers, answers: LastAnswers) -> None:
        self._local = local
        self._answers = answers
        self._harmful: OrderedDict[int, None] = OrderedDict()

    async def refusal(self, call: Call, token: str) -> CallToolResult | None:
        """The refusal that the server's guard would give, if it is one of ours and would."""
        server = await self._local.get(call.server)
        if server is None:
            return None
        try:
            server.check(call.tool, call.arguments, meta={CALLER_KEY: token})
        except ScribeTreeError as error:
            return error_result(error)
        return None

    async def mock(self, call: Call, token: str, *, is_keepable: bool, is_harmful: bool) -> Standin | None:
        """The last good answer, else the tool in this process, through the guard; None if neither can be had."""
        refusal = await self.refusal(call, token)
        if refusal is not None:
            return Standin(refusal, is_final=True)
        kept = await self._answers.last(call) if is_keepable else None
        if kept is not None:
            why = f"this is the answer of {_ago(kept.age_s)} ago to the same question"
            return Standin(_degraded(kept.result, call, why), age_s=round(kept.age_s, 1))
        result = await self._worked_out(call, token, is_harmful=is_harmful)
        error = error_of(result) if result is not None else None
        if result is None or (error and error["code"] in _FAULTS):
            return None
        if error:
            return Standin(result, is_final=True)
        return Standin(_degraded(result, call, "this was worked out without it"))

    async def _worked_out(self, call: Call, token: str, *, is_harmful: bool) -> CallToolResult | None:
        """The tool's answer, in another process if a server has been lost over this question, now or before."""
        server = await self._local.get(call.server)
        if server is None:
            return None
        meta: dict[str, Any] = {CALLER_KEY: token}
        question = hash((call.server, call.tool, repr(call.arguments)))
        if is_harmful:
            self._harmful[question] = None
            while len(self._harmful) > _MOST_HARMFUL:
                self._harmful.popitem(last=False)
        if question in self._harmful:
            return await self._local.isolated(call.server, call.tool, call.arguments, meta)
        return await server.answer(call.tool, call.arguments, meta=meta, rung="mock")

    def static(self, call: Call) -> Standin | None:
        """What to do while the tool is away, if it is one of ours."""
        advice = static_answer(call.server, call.tool)
        if advice is None:
            return None
        first = f"Degraded answer: {call.server} is away, and this is general advice, not an answer about anyone."
        return Standin(_result(first, advice))

    async def keep(self, call: Call, result: CallToolResult) -> None:
        """A good answer of the server can stand in later."""
        await self._answers.keep(call, result)

    async def drop(self, call: Call) -> None:
        """What was denied is not quoted any more."""
        await self._answers.drop(call)


def _degraded(result: CallToolResult, call: Call, why: str) -> CallToolResult:
    first = f"Degraded answer: {call.server} is away; {why}. {_CAPS}"
    if result.structured_content is None:
        said = [TextContent(type="text", text=first), *result.content]
        return result.model_copy(update={"content": said})
    return _result(first, capped(result.structured_content, call.arguments))


def _result(first_line: str, shape: dict[str, Any]) -> CallToolResult:
    text = f"{first_line}\n{json.dumps(shape, ensure_ascii=False)}"
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=shape)


def _ago(age_s: float) -> str:
    if age_s < 120:
        return f"{age_s:.0f} seconds"
    return f"{age_s / 60:.0f} minutes" if age_s < 7200 else f"{age_s / 3600:.0f} hours"
