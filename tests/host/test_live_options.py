"""Options that change under a running suite."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.options import Flag, Options
from scribetree.host.suite import open_suite
from scribetree.privacy.context import PrivacyContext
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

Make = Callable[..., Configuration]
ECHO = "tool.probe.echo"


async def test_a_tool_that_is_switched_off_leaves_the_list_and_is_not_there_to_call(
    configuration: Make, probe: tuple[str, ...], settings: Settings, caller: PrivacyContext
) -> None:
    async with open_suite(configuration(probe=probe), settings=settings) as suite:
        await suite.settled()
        suite.adopt(Options(flags={ECHO: Flag(enabled=False)}))
        assert "echo" not in {hosted.name for hosted in suite.tools()}
        refused = await suite.call("probe", "echo", {"text": "x"}, caller=caller)
        suite.adopt(Options())
        answered = await suite.call("probe", "echo", {"text": "x"}, caller=caller)
    assert refused.error is not None
    assert refused.error["code"] == "unknown_name"
    assert answered.error is None


async def test_a_tool_that_rolls_out_is_there_for_some_and_stays_on_the_list(
    configuration: Make, probe: tuple[str, ...], settings: Settings
) -> None:
    async with open_suite(configuration(probe=probe), settings=settings) as suite:
        await suite.settled()
        suite.adopt(Options(flags={ECHO: Flag(rollout_percent=50)}))
        callers = [PrivacyContext(f"t-{number}", "educator", "learning", "correlation-1") for number in range(30)]
        answers = [await suite.call("probe", "echo", {"text": "x"}, caller=caller) for caller in callers]
        assert "echo" in {hosted.name for hosted in suite.tools()}
    answered = sum(answer.error is None for answer in answers)
    assert 5 <= answered <= 25


async def test_people_are_divided_among_the_versions_of_a_server_and_keep_theirs(settings: Settings) -> None:
    script = str(Path(__file__).with_name("growing_server.py"))
    specs = tuple(
        ServerSpec("growing", "stdio", sys.executable, args=(script, version), instance=version)
        for version in ("1.0", "2.0")
    )
    callers = [PrivacyContext(f"t-{number}", "educator", "learning", "correlation-1") for number in range(20)]
    async with open_suite(Configuration("test", specs), settings=settings) as suite:
        await suite.settled()
        suite.adopt(Options(flags={"version.growing": Flag(variants={"1.0": 1, "2.0": 1})}))
        answers = [await suite.call("growing", "which", {}, caller=caller) for caller in (*callers, *callers)]
    versions = [str(answer.result) for answer in answers]
    assert versions[:20] == versions[20:]
    assert len(set(versions)) == 2
