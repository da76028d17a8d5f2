"""
The whole suite on essays full of canaries: nothing that stays behind, and no error, holds one in any encoding.

Real processes, at the most talkative log level and traced, in an installation of their own. What a caller asked for
and was answered with does not count; logs, databases, caches, the outbox, traces, file names and error texts do.
"""

import base64
import hashlib
import html
import json
import os
import re
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio
import httpx2
import pytest
from mcp import Client
from tests.processes import free_port, is_open

from scribetree.clock import SystemClock
from scribetree.privacy.caller import sign
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.keys import KeyRing

ROOT = Path(__file__).parents[2]
ESSAY = (ROOT / "examples" / "essay-draft-2.txt").read_text("utf-8")
COMMAND = (sys.executable, "-m", "scribetree.host")

CANARIES = {
    "student": "quillon-vargaheim-7731",
    "educator": "ysolde-brackwater-9914",
    "name": "Quillon Vargaheim",
    "accented name": "Zoë Brückwasser",
    "e-mail": "quillon.v@lumenforest.org",
    "phone": "(212) 555-0147",
    "sentence": "My grandmother's teal accordion wept through the whole eclipse.",
}
TEXT = (
    f"{ESSAY}\n\nMy name is {CANARIES['name']}, and my friend {CANARIES['accented name']} calls me at "
    f"{CANARIES['phone']} or writes to {CANARIES['e-mail']}. {CANARIES['sentence']}\n"
)
REFLECTION = (
    f"It was typed at home. {CANARIES['sentence']} It was printed on Monday by {CANARIES['name']}. The pages were put "
    "in a folder. The folder was green. It had to be done by Friday, so it was done by Friday."
)
SUBMISSION = {
    "student_id": CANARIES["student"],
    "educator_id": CANARIES["educator"],
    "essay": TEXT,
    "earlier_draft": TEXT.replace("cars", "trains"),
    "reflection": REFLECTION,
}
# A process that is traced from its start, as `opentelemetry-instrument` does it; the spans go to the file named first.
TRACED = """
import sys
from pathlib import Path
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter(out=Path(sys.argv.pop(1)).open("w"))))
trace.set_tracer_provider(provider)
from scribetree.host.cli import main
main()
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def written_forms(canary: str) -> Iterator[bytes]:
    """The ways in which a canary could stand in a file, in lower case where case tells nothing."""
    for text in {
        canary,
        canary.casefold(),
        canary.upper(),
        digits if len(digits := re.sub(r"\D", "", canary)) >= 7 else canary,
    }:
        raw = text.encode()
        yield from (raw, text.encode("utf-16-le"), text.encode("utf-16-be"), raw.hex().encode(), raw[::-1])
        yield from (quote(text).encode(), quote(text, safe="").encode(), json.dumps(text)[1:-1].encode())
        yield from (html.escape(text).encode(), "".join(f"\\u{ord(sign):04x}" for sign in text).encode())
        yield from (repr(raw)[2:-1].encode(), raw.replace(b" ", b"_"), raw.replace(b" ", b"+"), raw.replace(b" ", b"-"))
        for algorithm in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            yield from (algorithm(raw).digest(), algorithm(raw).hexdigest().encode())
        for shift in range(3):
            yield base64.b64encode(bytes(shift) + raw)[(0, 2, 3)[shift] : -4]
            yield base64.urlsafe_b64encode(bytes(shift) + raw)[(0, 2, 3)[shift] : -4]


def unpacked(raw: bytes) -> Iterator[bytes]:
    """The bytes, and what is in them in a compressed form."""
    yield raw
    for start in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", raw):
        try:
            yield zlib.decompressobj(wbits=47).decompress(raw[start.start() :], 1 << 20)
        except zlib.error:
            continue


def holding(canary: str, kept: dict[str, bytes]) -> list[str]:
    """The names of whatever holds the canary."""
    forms = set(written_forms(canary))
    return [
        name
        for name, raw in kept.items()
        if any(form in each for each in (name.encode(), *unpacked(raw)) for form in (forms))
        or canary.casefold().encode() in raw.lower()
    ]


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@dataclass
class Installation:
    """One home, the commands run in it, and what they left behind or said on standard error."""

    folder: Path
    said: dict[str, bytes]

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def environment(self) -> dict[str, str]:
        own = {"SCRIBETREE_HOME": str(self.home), "SCRIBETREE_LOG_LEVEL": "debug"}
        return {**{name: value for name, value in os.environ.items() if not name.startswith("SCRIBETREE_")}, **own}

    def given(self, name: str, *lines: Any) -> str:
        """A file of input outside of the home."""
        path = self.folder / name
        path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), "utf-8")
        return str(path)

    def run(self, *arguments: str, fails: bool = False) -> str:
        """The output of a command; whatever one that has to fail says counts as said."""
        done = subprocess.run(
            [*COMMAND, *arguments], env=self.environment, cwd=self.folder, capture_output=True, check=False
        )
        assert (done.returncode != 0) is fails, (arguments, done.stderr.decode())
        name = f"command {len(self.said)}: {arguments[:2]}"
        self.said[name] = done.stderr + (done.stdout if fails else b"")
        return done.stdout.decode()

    def left(self) -> dict[str, bytes]:
        return {**self.said, **files_below(self.home)}


def workflows(place: Installation) -> None:
    submission = place.given("submission.json", SUBMISSION)
    place.run("run", "complete-writing-analysis", "--input", submission, "--json")
    batch = place.given("class.jsonl", SUBMISSION, f"not json: {CANARIES['sentence']}", {"essay": TEXT})
    place.run("run", "complete-writing-analysis", "--batch", batch, "--json", fails=True)
    place.run("workflows", "list", "--json")


def failing_calls(place: Installation) -> None:
    wrong = (
        {"content": [TEXT]},
        {"content": TEXT, CANARIES["sentence"]: 1},
        {"content": TEXT, "student_id": CANARIES["sentence"] * 20},
        f'{{"content": "{CANARIES["name"]} {CANARIES["e-mail"]}',
    )
    for number, arguments in enumerate(wrong):
        file = f"@{place.given(f'wrong-{number}.json', arguments)}"
        place.run("call", "writing-analysis", "analyze_writing_patterns", "--arguments", file, "--json", fails=True)
    file = f"@{place.given('text.json', {'content': TEXT})}"
    place.run("call", "writing-analysis", "analyse_patterns", "--arguments", file, "--json", fails=True)
    calls = [
        {"server": "writing-analysis", "tool": "map_structure", "arguments": each} for each in ({"content": TEXT}, 1)
    ]
    place.run("call", "--batch", place.given("calls.jsonl", *calls), "--json", fails=True)


def killed_server(place: Installation) -> None:
    """A run in which a server dies; what it said counts."""
    command = [*COMMAND, "run", "complete-writing-analysis", "--input", place.given("again.json", SUBMISSION)]
    said: list[str] = []
    with subprocess.Popen(
        command, env=place.environment, cwd=place.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stderr is not None
        is_killed = False
        for line in run.stderr:
            said.append(line)
            if not is_killed and "step" in line and "running" in line:
                is_killed = kill_child(run.pid, "writing-analysis")
    assert is_killed
    place.said["killed server"] = "".join(said).encode()


def kill_child(parent: int, name: str) -> bool:
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if name.encode() in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
            os.kill(int(child), signal.SIGKILL)
            return True
    return False


def waiting_write(place: Installation) -> None:
    """A write whose server never comes, left in the outbox."""
    away = {"mcpServers": {"educator-alerts": {"command": sys.executable, "args": ["-c", "raise SystemExit(1)"]}}}
    alert = {"alert_type": "intervention_needed", "severity": "critical"}
    alert |= {"title": CANARIES["name"], "description": CANARIES["sentence"]}
    sent = {"educator_id": CANARIES["educator"], "student_id": CANARIES["student"], "alerts": [alert]}
    config, arguments = place.given("away.json", away), f"@{place.given('alert.json', sent)}"
    place.run("call", "educator-alerts", "send_educator_alerts", "--arguments", arguments, "--config", config)
    assert "send_educator_alerts" in place.run("outbox", "--json")


def privacy_commands(place: Installation) -> None:
    student, educator = CANARIES["student"], CANARIES["educator"]
    place.run("privacy", "enrol", student, educator)
    place.run("privacy", "consent", "born", student, "2009-05-17")
    place.run("privacy", "consent", "show", student)
    place.run("privacy", "consent", "set", student, f"no.such.setting={CANARIES['sentence']}", fails=True)
    place.run("privacy", "consent", "born", student, CANARIES["sentence"], fails=True)
    place.run("privacy", "export", student, "--output", str(place.folder / "export.json"))
    place.run("privacy", "retention", "sweep")
    place.run("privacy", "audit", "verify")


def doors(place: Installation) -> None:
    """A traced server, met over plain HTTP and over MCP, with good calls and bad ones."""
    port, spans, errors = free_port(), place.folder / "spans", place.folder / "stderr"
    serve = ["serve", "writing-analysis", "--transport", "http", "--port", str(port)]
    with errors.open("wb") as kept:
        process = subprocess.Popen([sys.executable, "-c", TRACED, spans, *serve], env=place.environment, stderr=kept)
        try:
            while not is_open(port):
                assert process.poll() is None, errors.read_text()
                time.sleep(0.05)
            answers = anyio.run(meet, f"http://127.0.0.1:{port}", KeyRing.at(place.home))
        finally:
            process.terminate()
            process.wait()
    place.said |= {"spans": spans.read_bytes(), "server": errors.read_bytes(), "answers": answers}


async def meet(address: str, ring: KeyRing) -> bytes:
    """What the bad calls are answered with, after a good one through each door."""
    caller = PrivacyContext(CANARIES["educator"], "educator", "learning", "correlation-1")
    headers = {"Authorization": f"Bearer {sign(caller, ring=ring, clock=SystemClock())}"}
    tools = f"{address}/api/v1/writing-analysis/tools"
    async with httpx2.AsyncClient(headers=headers) as http, Client(f"{address}/mcp") as client:
        good = await http.post(f"{tools}/classify_content_sensitivity", json={"content": TEXT})
        assert good.status_code == 200, good.text
        assert not (await client.call_tool("analyze_writing_patterns", {"content": TEXT})).is_error
        # The name of an unknown tool is told back to whoever sent it; it must stand nowhere else.
        await http.post(f"{tools}/{quote(CANARIES['name'])}", json={"content": TEXT})
        await client.call_tool(CANARIES["name"], {"content": TEXT})
        bad = [
            await http.post(f"{tools}/analyze_writing_patterns", content=f'{{"content": "{CANARIES["e-mail"]}'),
            await http.post(f"{tools}/analyze_writing_patterns", json={"content": [TEXT]}),
            await http.post(f"{tools}/analyze_writing_patterns", json={"content": TEXT, CANARIES["sentence"]: 1}),
        ]
        assert {answer.status_code for answer in bad} == {400}
        refused = await client.call_tool("analyze_writing_patterns", {CANARIES["sentence"]: CANARIES["phone"]})
    return b"\n".join([*(answer.content for answer in bad), refused.model_dump_json().encode()])


STEPS: Iterable[Callable[[Installation], None]] = (
    privacy_commands,
    workflows,
    failing_calls,
    waiting_write,
    doors,
    *([killed_server] if Path("/proc/self/task").exists() else []),
)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """All that is left of an installation that was used in every way, before and after an erasure."""
    place = Installation(tmp_path_factory.mktemp("canaries"), {})
    for step in STEPS:
        step(place)
    before = {f"before {name}": raw for name, raw in place.left().items()}
    place.run("privacy", "erase", CANARIES["student"], "--yes")
    return {**before, **place.left()}


@pytest.mark.parametrize("canary", CANARIES)
def test_nothing_that_is_left_holds_a_canary(canary: str, used: dict[str, bytes]) -> None:
    assert holding(CANARIES[canary], used) == []


@pytest.mark.parametrize(
    "place",
    ["records.db", "workflows.db", "outbox.db", "keyring", "logs/writing-analysis", "spans", "server", "answers"],
)
def test_what_is_searched_was_really_written(place: str, used: dict[str, bytes]) -> None:
    assert any(raw for name, raw in used.items() if name.startswith(place)), sorted(used)


@pytest.mark.parametrize("canary", CANARIES)
def test_a_canary_that_is_left_is_found_in_any_encoding(canary: str) -> None:
    text = f"He wrote: {CANARIES[canary]}."
    plants = {
        "plain": text.encode(),
        "capitals": text.upper().encode(),
        "utf-16": text.encode("utf-16"),
        "hex": text.encode().hex().encode(),
        "base64": base64.b64encode(text.encode()),
        "escaped": json.dumps(text).encode(),
        "percent": quote(text).encode(),
        "compressed": b"\0\1" + zlib.compress(text.encode()),
        "hash": hashlib.sha256(CANARIES[canary].encode()).digest(),
        f"files/{CANARIES[canary]}.txt": b"",
    }
    assert holding(CANARIES[canary], plants) == list(plants)
