"""Alerts reach real mail servers and webhooks once, without a name or a text, whatever goes wrong before."""

import base64
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_string
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client

from scribetree.clock import FixedClock, SystemClock
from scribetree.errors import ConfigError
from scribetree.privacy.caller import sign
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.keys import KeyRing
from scribetree.servers.educator_alerts import _courier, _safe_post, create
from scribetree.servers.educator_alerts._courier import deliver_due
from scribetree.servers.educator_alerts._live import events as live_events
from scribetree.servers.educator_alerts._safe_post import Refused, post
from scribetree.servers.educator_alerts._school import school
from scribetree.servers.educator_alerts._send import Alert, How, put
from scribetree.servers.kit import Wiring

pytestmark = pytest.mark.anyio

RECEIVERS = Path(__file__).with_name("alert_receivers.py")
MINUTE, HOUR = 60, 3600
ALERT = {
    "alert_type": "engagement_drop",
    "severity": "high",
    "title": "Worth a look: Ana Quince",
    "description": "Ana Quince has not written since Tuesday.",
}
SECRETS = ("Quince", "Tuesday", "Worth a look", "s-quince")

Receiver = Callable[[str], tuple[int, Callable[[], list[dict[str, Any]]]]]


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """Starts a receiver of a kind: its port, and what it has got so far."""
    started: list[subprocess.Popen[str]] = []

    def start(kind: str) -> tuple[int, Callable[[], list[dict[str, Any]]]]:
        path = tmp_path / f"{kind}-{len(started)}.jsonl"
        command = [sys.executable, str(RECEIVERS), kind, str(path)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        port = int(process.stdout.readline())
        return port, lambda: [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(autouse=True)
def delivered_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers in this process deliver nothing by themselves, however long a call takes; those of their own do."""
    monkeypatch.setattr("scribetree.servers.educator_alerts._courier._FIRST_LOOK_S", 3600)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def means(clock: FixedClock) -> Iterator[Wiring]:
    wiring = Wiring(clock=clock)
    yield wiring
    wiring.close()


def operate(means: Wiring, *, mail: int | None = None, inside: int | None = None) -> None:
    """The operator's file."""
    lines = ['board = "https://board.school.example/alerts"']
    lines += [f'internal_hosts = ["127.0.0.1:{inside}"]'] if inside else []
    if mail:
        lines += ["[mail]", 'host = "127.0.0.1"', f"port = {mail}", 'security = "none"', 'sender = "st@school.example"']
    means.settings.home.mkdir(parents=True, exist_ok=True)
    (means.settings.home / "alerts.toml").write_text("\n".join(lines) + "\n")
    # Within one tick of the file system's clock a second version would pass for the first.
    stamp = time.time_ns()
    os.utime(means.settings.home / "alerts.toml", ns=(stamp, stamp))


def told(result: Any) -> dict[str, Any]:
    assert not result.is_error, result.structured_content
    found: dict[str, Any] = result.structured_content
    return found


async def wish(means: Wiring, educator: str = "t-1", **wishes: Any) -> dict[str, Any]:
    async with Client(create(means)) as client:
        wishes = {"time_zone": "UTC", **wishes}
        return told(await client.call_tool("set_alert_preferences", {"educator_id": educator, **wishes}))


async def send(means: Wiring, *alerts: dict[str, Any], **more: Any) -> dict[str, Any]:
    people = {"educator_id": "t-1", "student_id": "s-quince"}
    async with Client(create(means)) as client:
        return told(await client.call_tool("send_educator_alerts", {"alerts": list(alerts), **people, **more}))


async def inbox(means: Wiring, educator: str = "t-1") -> list[dict[str, Any]]:
    async with Client(create(means)) as client:
        found: list[dict[str, Any]] = told(await client.call_tool("list_alerts", {"educator_id": educator}))["alerts"]
        return found


async def test_an_alert_is_mailed_once_with_a_pseudonym_and_a_link_and_nothing_else(
    means: Wiring, clock: FixedClock, receiver: Receiver
) -> None:
    port, got = receiver("mail")
    operate(means, mail=port)
    await wish(means, email="teacher@school.example")
    await send(means, ALERT, {**ALERT, "title": "Another", "alert_type": "quality_decline"})
    assert deliver_due(means) == 0
    clock.advance(6 * MINUTE)
    assert [deliver_due(means) for _ in range(3)] == [1, 0, 0]
    (kept,) = got()
    mail = message_from_string(kept["message"])
    assert kept["to"] == ["teacher@school.example"]
    assert mail["Subject"] == "Scribe Tree: 2 alerts, high"
    assert "https://board.school.example/alerts" in kept["message"]
    assert "engagement drop (high)" in kept["message"]
    assert not [secret for secret in SECRETS if secret in kept["message"]]


async def test_while_the_mail_server_is_down_nothing_is_lost_and_then_it_arrives_once(
    means: Wiring, clock: FixedClock, receiver: Receiver
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        operate(means, mail=closed.getsockname()[1])
        await wish(means, email="teacher@school.example")
        await send(means, ALERT, immediate=True)
        for _ in range(4):
            assert deliver_due(means) == 0
            clock.advance(20 * MINUTE)
    assert len(await inbox(means)) == 1
    port, got = receiver("mail")
    operate(means, mail=port)
    assert deliver_due(means) == 1
    assert len(got()) == 1


async def test_a_mail_server_that_answers_a_byte_at_a_time_holds_up_the_courier_no_longer_than_its_limit(
    means: Wiring, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_courier, "_SMTP_WHOLE_S", 0.3)
    port, _ = receiver("mail-drip")
    operate(means, mail=port)
    await wish(means, email="teacher@school.example")
    await send(means, ALERT, immediate=True)
    assert deliver_due(means) == 0
    assert len(await inbox(means)) == 1


async def test_an_address_that_the_server_does_not_know_is_named_beside_the_alert(
    means: Wiring, receiver: Receiver
) -> None:
    port, got = receiver("refuser")
    operate(means, mail=port)
    await wish(means, email="nobody@school.example")
    await send(means, ALERT, immediate=True)
    assert deliver_due(means) == 0
    assert (await inbox(means))[0]["undelivered"] == ["email"]
    assert got() == []


async def test_a_channel_that_stays_away_is_given_up_after_days_and_named(means: Wiring, clock: FixedClock) -> None:
    await wish(means, email="teacher@school.example")
    await send(means, ALERT, immediate=True)
    for _ in range(85):
        assert deliver_due(means) == 0
        clock.advance(HOUR)
    assert (await inbox(means))[0]["undelivered"] == ["email"]


async def test_a_batch_that_was_claimed_by_a_dead_process_goes_out_under_the_same_id(
    means: Wiring, clock: FixedClock, receiver: Receiver
) -> None:
    port, got = receiver("mail")
    operate(means, mail=port)
    await wish(means, email="teacher@school.example")
    await send(means, ALERT, immediate=True)
    claimed = means.office.deliveries.claim()
    assert claimed is not None
    assert deliver_due(means) == 0
    await send(means, {**ALERT, "title": "Later"}, immediate=True)
    clock.advance(6 * MINUTE)
    assert deliver_due(means) == 2
    ids = [message_from_string(kept["message"])["Message-ID"] for kept in got()]
    assert f"<{claimed.batch_id}@school.example>" in ids
    assert len(set(ids)) == 2


async def test_several_couriers_at_once_send_a_message_once(means: Wiring, receiver: Receiver) -> None:
    port, got = receiver("mail")
    operate(means, mail=port)
    await wish(means, email="teacher@school.example")
    await send(means, ALERT, immediate=True)
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(deliver_due, [means] * 4))
    assert (sum(sent), len(got())) == (1, 1)


async def test_what_was_acknowledged_or_erased_before_it_was_due_is_not_told(
    means: Wiring, clock: FixedClock, receiver: Receiver
) -> None:
    port, got = receiver("mail")
    operate(means, mail=port)
    await wish(means, email="teacher@school.example")
    alert_id = (await send(means, ALERT))["queued"][0]["alert_id"]
    await send(means, {**ALERT, "title": "Of another"}, student_id="s-gone")
    async with Client(create(means)) as client:
        told(await client.call_tool("acknowledge_alert", {"educator_id": "t-1", "alert_id": alert_id}))
    means.office.rights.erase(PrivacyContext("s-gone", "student", "learning", "correlation-1"), "s-gone")
    clock.advance(6 * MINUTE)
    assert deliver_due(means) == 0
    assert got() == []


async def test_whoever_taught_a_student_is_told_nothing_more_and_the_colleague_named_for_it_is(
    means: Wiring, clock: FixedClock, receiver: Receiver
) -> None:
    port, got = receiver("mail")
    operate(means, mail=port)
    administrator = PrivacyContext("a-1", "administrator", "support", "correlation-1")
    ends_at = clock.now() + timedelta(minutes=1)
    means.office.enrol(administrator, "s-quince", "t-1", course="writing", until=ends_at)
    means.office.enrol(administrator, "s-quince", "t-2", course="writing")
    await wish(means, email="first@school.example", escalate_to="t-2")
    await wish(means, "t-2", email="second@school.example")
    caller = PrivacyContext("t-1", "educator", "support", "correlation-1")
    how = How(None, (), immediate=True, batch=False, respect_quiet_hours=False)
    assert put(
        means, caller, Alert.model_validate({**ALERT, "severity": "urgent"}), to="t-1", about="s-quince", how=how
    ).channels
    start = f"{clock.now().timestamp()!r}/"
    clock.advance(3 * HOUR)
    assert [len(live_events(means, replace(caller, requester_id=each), start)[1]) for each in ("t-1", "t-2")] == [0, 0]
    while deliver_due(means):
        clock.advance(MINUTE)
    assert [kept["to"] for kept in got()] == [["second@school.example"]]
    assert [len(live_events(means, replace(caller, requester_id=each), start)[1]) for each in ("t-1", "t-2")] == [0, 1]


async def test_what_cannot_be_carried_or_escalated_holds_up_nobody_else(
    means: Wiring, clock: FixedClock, receiver: Receiver
) -> None:
    port, got = receiver("webhook")
    means.settings.home.mkdir(parents=True)
    mail = '[mail]\nhost = "127.0.0.1"\nsender = "two\\nlines@school.example"\n'
    (means.settings.home / "alerts.toml").write_text(f'internal_hosts = ["127.0.0.1:{port}"]\n{mail}')
    await send(means, {**ALERT, "severity": "urgent"}, educator_id="t-gone")
    means.office.rights.erase(PrivacyContext("a-1", "administrator", "support", "correlation-1"), "t-gone")
    await wish(means, email="teacher@school.example")
    await send(means, ALERT, immediate=True)
    clock.advance(2 * HOUR)
    await wish(means, "t-2", webhook_url=f"http://127.0.0.1:{port}/hook", channels=["webhook"])
    await send(means, ALERT, educator_id="t-2", immediate=True)
    assert deliver_due(means) == 1
    assert len(got()) == 1
    assert means.office.deliveries.to_escalate() == []


async def test_a_day_holds_a_few_messages_but_what_is_urgent_comes_all_the_same(
    means: Wiring, clock: FixedClock, receiver: Receiver
) -> None:
    port, got = receiver("mail")
    operate(means, mail=port)
    await wish(means, email="teacher@school.example", messages_a_day=2)
    for number in range(5):
        await send(means, {**ALERT, "title": f"Alert {number}"})
        clock.advance(10 * MINUTE)
        deliver_due(means)
    assert len(got()) == 2
    await send(means, {**ALERT, "title": "Now", "severity": "urgent"})
    deliver_due(means)
    assert len(got()) == 3
    # The next morning brings the three that waited, and the urgent one again, which nobody has answered.
    clock.advance(19 * HOUR)
    assert deliver_due(means) == 1
    assert message_from_string(got()[-1]["message"])["Subject"] == "Scribe Tree: 4 alerts, urgent"


async def test_what_stays_unacknowledged_is_told_again_and_to_the_colleague_once(
    means: Wiring, clock: FixedClock, receiver: Receiver
) -> None:
    port, got = receiver("mail")
    operate(means, mail=port)
    await wish(means, email="teacher@school.example", escalate_to="t-2")
    await wish(means, "t-2", email="colleague@school.example")
    await send(means, {**ALERT, "severity": "urgent"})
    deliver_due(means)
    clock.advance(61 * MINUTE)
    for _ in range(3):
        deliver_due(means)
    assert sorted(kept["to"][0] for kept in got()) == [
        "colleague@school.example",
        "teacher@school.example",
        "teacher@school.example",
    ]
    assert [alert["is_escalated"] for alert in await inbox(means)] == [True]
    assert len(await inbox(means, "t-2")) == 1


async def test_a_reminder_comes_when_it_is_due_and_says_no_more_than_an_alert(
    means: Wiring, clock: FixedClock, receiver: Receiver
) -> None:
    port, got = receiver("mail")
    operate(means, mail=port)
    await wish(means, email="teacher@school.example")
    plan = {
        "educator_id": "t-1",
        "student_id": "s-quince",
        "scheduled_type": "meeting",
        "scheduled_for": "2026-03-04T10:00",
        "duration_minutes": 30,
        "agenda": ["Ask Ana about Tuesday"],
    }
    async with Client(create(means)) as client:
        told(await client.call_tool("schedule_intervention_actions", plan))
    for hours, expected in ((21, 0), (2, 1), (21, 1), (3, 2)):
        clock.advance(hours * HOUR)
        deliver_due(means)
        assert len(got()) == expected
    assert "planned step" in got()[0]["message"]
    assert not [secret for secret in (*SECRETS, "Ana") if secret in got()[0]["message"]]


async def test_a_webhook_gets_a_signed_message_that_holds_no_name(means: Wiring, receiver: Receiver) -> None:
    port, got = receiver("webhook")
    operate(means, inside=port)
    url = f"http://127.0.0.1:{port}/hook"
    secret = (await wish(means, webhook_url=url, slack_url=url, channels=["webhook", "slack"]))["webhook_secret"]
    await send(means, ALERT, immediate=True)
    assert deliver_due(means) == 2
    by_kind = {("webhook-id" in kept["headers"]): kept for kept in got()}
    signed, slack = by_kind[True], by_kind[False]
    headers = signed["headers"]
    content = ".".join((headers["webhook-id"], headers["webhook-timestamp"], signed["body"])).encode()
    expected = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), content, "sha256")
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(expected).decode()}"
    assert json.loads(signed["body"])["data"]["alerts"][0]["kind"] == "engagement_drop"
    assert json.loads(slack["body"])["blocks"][0]["type"] == "header"
    assert not [each for each in SECRETS if each in signed["body"] + slack["body"]]


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/x",
        "https://127.0.0.1/x",
        "https://169.254.169.254/x",
        "http://127.0.0.1:1/x",
        "https://u:p@x.example/",
        "https://[64:ff9b::10.0.0.1]/x",
        "https://[2002:a00:1::]/x",
        "https://[::127.0.0.1]/x",
        "https://[fec0::1]/x",
        "https://x.example:99999/",
        "https://[::1",
        "https://" + "a" * 64 + ".example/",
    ],
)
def test_what_is_inside_the_network_is_not_spoken_to(url: str, means: Wiring) -> None:
    with pytest.raises(Refused):
        post(means.settings.home, url, b"{}", {})


def test_a_receiver_that_answers_a_byte_at_a_time_is_cut_off(
    means: Wiring, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_safe_post, "_WHOLE_S", 0.3)
    port, _ = receiver("drip")
    operate(means, inside=port)
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on where it was cut off
        post(means.settings.home, f"http://127.0.0.1:{port}/hook", b"{}", {})


async def test_an_address_that_cannot_be_is_refused_and_named(means: Wiring) -> None:
    for url in ("https://x.example:99999/", "https://[::1", "https://" + "a" * 64 + ".example/"):
        async with Client(create(means)) as client:
            answer = await client.call_tool("set_alert_preferences", {"educator_id": "t-1", "webhook_url": url})
        assert answer.structured_content is not None
        assert answer.structured_content["error"]["code"] == "invalid_input"
        assert "webhook_url" in answer.structured_content["error"]["message"]


def test_a_redirect_is_not_followed(means: Wiring, receiver: Receiver) -> None:
    port, got = receiver("webhook")
    operate(means, inside=port)
    with pytest.raises(Refused):
        post(means.settings.home, f"http://127.0.0.1:{port}/elsewhere", b"{}", {})
    assert got() == []


@pytest.mark.parametrize(
    "words", ["board = ", '[mail]\nhost = "x"', '[mail]\nhost = "x"\nsender = "y"\nsecurity = "z"']
)
def test_an_operators_file_that_cannot_be_used_is_an_error_that_says_what_it_takes(words: str, means: Wiring) -> None:
    means.settings.home.mkdir(parents=True)
    (means.settings.home / "alerts.toml").write_text(words)
    with pytest.raises(ConfigError, match="alerts"):
        school(means.settings.home)


@contextmanager
def served(home: Path) -> Generator[tuple[subprocess.Popen[bytes], str]]:
    """A real server process on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "scribetree.host",
        "serve",
        "educator-alerts",
        "--transport",
        "http",
        "--port",
        str(port),
    ]
    environment = {**os.environ, "SCRIBETREE_HOME": str(home)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(400):
            try:
                httpx2.get(f"{address}/ready")
            except httpx2.HTTPError:
                time.sleep(0.05)
            else:
                break
        yield process, address
    finally:
        process.kill()
        process.wait()


async def test_what_waits_is_delivered_by_the_next_process_after_a_kill_and_once(
    settings: Any, ring: KeyRing, receiver: Receiver
) -> None:
    port, got = receiver("mail")
    means = Wiring()
    caller = PrivacyContext("local", "educator", "support", "correlation-1")
    headers = {"Authorization": f"Bearer {sign(caller, ring=ring, clock=SystemClock())}"}
    await wish(means, email="teacher@school.example", batch_minutes=0, quiet_from="00:00", quiet_until="00:00")
    with served(settings.home) as (process, address):
        alerts = {"alerts": [ALERT], "educator_id": "t-1", "student_id": "s-quince"}
        sent = httpx2.post(f"{address}/api/v1/educator-alerts/tools/send_educator_alerts", json=alerts, headers=headers)
        assert sent.json()["result"]["sent"][0]["channels"] == ["email"]
        process.send_signal(signal.SIGKILL)
        process.wait()
    # The mail server is reachable only now, and a claim of the dead process has to run out: it may have made one.
    operate(means, mail=port)
    with means.office.database.write() as connection:
        from sqlalchemy import text

        connection.execute(text("UPDATE deliveries SET claimed_until = NULL, due_at = due_at - 1"))
    means.close()
    with served(settings.home):
        with anyio.fail_after(60):
            while not got():
                await anyio.sleep(0.1)
        await anyio.sleep(0.5)
    assert len(got()) == 1


async def test_the_live_stream_tells_its_own_readers_what_arrives_and_goes_on_where_it_was(
    settings: Any, ring: KeyRing
) -> None:
    def bearer(name: str) -> dict[str, str]:
        token = sign(PrivacyContext(name, "educator", "support", "correlation-1"), ring=ring, clock=SystemClock())
        return {"Authorization": f"Bearer {token}"}

    with served(settings.home) as (_, address):
        live = f"{address}/api/v1/educator-alerts/live"
        async with httpx2.AsyncClient(timeout=60) as client:
            assert (await client.get(live)).status_code == 401

            async def send_now(title: str) -> str:
                content = {
                    "alerts": [{**ALERT, "title": title}],
                    "educator_id": "local",
                    "student_id": "s-quince",
                    "immediate": True,
                }
                path = f"{address}/api/v1/educator-alerts/tools/send_educator_alerts"
                answer = await client.post(path, json=content, headers=bearer("local"))
                alert_id: str = answer.json()["result"]["sent"][0]["alert_id"]
                return alert_id

            async def first_event(headers: dict[str, str], sending: str | None) -> dict[str, str]:
                async with client.stream("GET", live, headers=headers) as stream:
                    lines = stream.aiter_lines()
                    assert (await anext(lines)).startswith("retry")
                    found: dict[str, str] = {}
                    async for line in lines:
                        if sending is not None and line.startswith(": still"):
                            await send_now(sending)
                            sending = None
                        name, _, value = line.partition(": ")
                        if name in {"id", "event", "data"}:
                            found[name] = value
                        if "data" in found:
                            return found
                raise AssertionError("the stream ended")

            one = await first_event(bearer("local"), "One")
            second = await send_now("Two")
            again = await first_event({**bearer("local"), "Last-Event-ID": one["id"]}, None)
    assert one["event"] == "alert"
    assert json.loads(again["data"]) == {"alert_id": second}
    assert "Quince" not in str(one)
