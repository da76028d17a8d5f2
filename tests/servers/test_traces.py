"""What is exported of a span tells of no person, whoever opened it and whenever."""

import json
from collections.abc import Iterator

import pytest
from mcp import Client
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Status, StatusCode, Tracer

from scribetree.errors import ConfigError
from scribetree.servers.catalog import load
from scribetree.servers.kit import withhold_from_traces

SECRETS = ("Maria Lopez", "ana@mail.org", "+1 (212) 555-0147", "I was afraid to tell my sister about the letter.")


class Traced:
    """A provider with an exporter that keeps what it is given."""

    def __init__(self) -> None:
        self.provider, self.exporter = TracerProvider(), InMemorySpanExporter()
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer: Tracer = self.provider.get_tracer("made before")
        assert withhold_from_traces(self.provider)

    def exported(self) -> str:
        return json.dumps([json.loads(span.to_json()) for span in self.exporter.get_finished_spans()])


@pytest.fixture
def traced() -> Iterator[Traced]:
    kept = Traced()
    yield kept
    kept.provider.shutdown()


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_withheld_wherever_a_span_holds_it(secret: str, traced: Traced) -> None:
    with traced.tracer.start_as_current_span(f"tools/call {secret}", attributes={"a": secret, "b": [secret]}) as span:
        span.set_attribute("c", secret)
        span.add_event(secret, {"d": secret, secret: 1})
        span.add_link(span.get_span_context(), {"e": secret})
        span.set_status(Status(StatusCode.ERROR, secret))
    assert "(withheld)" in traced.exported()
    assert secret not in traced.exported()


@pytest.mark.anyio
async def test_the_spans_that_the_sdk_opens_for_a_call_hold_nothing_that_was_sent(
    traced: Traced, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mcp.shared._otel._tracer", traced.tracer)
    async with Client(load("writing-analysis")) as client:
        await client.call_tool("analyze_writing_patterns", {"content": " ".join(SECRETS)})
        await client.call_tool("Maria Lopez", {"content": " ".join(SECRETS)})
        await client.call_tool("analyze_writing_patterns", {"I was afraid to tell my sister": SECRETS[0]})
    assert "tools/call analyze_writing_patterns" in traced.exported()
    assert [secret for secret in SECRETS if secret in traced.exported()] == []


@pytest.mark.parametrize("secret", ["Maria", *SECRETS])
def test_an_exception_is_exported_by_its_type_alone(secret: str, traced: Traced) -> None:
    with pytest.raises(ValueError, match=r"."), traced.tracer.start_as_current_span("tools/call count"):
        raise ValueError(secret)
    assert "ValueError" in traced.exported()
    assert secret not in traced.exported()


def test_what_tells_of_nobody_is_exported_as_it_is(traced: Traced) -> None:
    with traced.tracer.start_as_current_span("tools/call compare_drafts", attributes={"rpc.system": "mcp", "n": 3}):
        pass
    (span,) = traced.exporter.get_finished_spans()
    assert (span.name, dict(span.attributes or {})) == ("tools/call compare_drafts", {"rpc.system": "mcp", "n": 3})
    assert span.end_time is not None


def test_an_exporter_that_is_added_later_is_no_way_around(traced: Traced) -> None:
    later = InMemorySpanExporter()
    traced.provider.add_span_processor(SimpleSpanProcessor(later))
    with traced.provider.get_tracer("made after").start_as_current_span("of Maria Lopez"):
        pass
    assert [span.name for span in later.get_finished_spans()] == ["(withheld)"]


def test_a_provider_that_cannot_be_guarded_is_refused(traced: Traced, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.delattr(traced.provider, "_active_span_processor")
        with pytest.raises(ConfigError):
            withhold_from_traces(traced.provider)


def test_a_process_that_is_not_traced_is_left_alone() -> None:
    assert not withhold_from_traces()
