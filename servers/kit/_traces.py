"""
Traces that hold no personal data: what a span says is looked at after its end, before anybody exports it.

The SDK and the libraries below it open spans by themselves, whenever a process is started with OpenTelemetry's SDK
(the extra `telemetry`). Such a span can hold what a client sent, and the exception that it records can quote a student.
`withhold_from_traces` puts `withheld` between every span that ends and whatever the process exports to.
"""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scribetree.errors import ConfigError
from scribetree.log import shown

if TYPE_CHECKING:
    # No process that is not traced pays for the SDK.
    from opentelemetry.sdk.trace import Event, ReadableSpan, SpanProcessor, TracerProvider
    from opentelemetry.util.types import Attributes

__all__ = ["withheld", "withhold_from_traces"]

_FREE_TEXT = frozenset({"exception.message", "exception.stacktrace"})
_CHAIN = "_active_span_processor"


def withhold_from_traces(provider: "TracerProvider | None" = None) -> bool:
    """
    Whatever is exported of the spans of `provider`, else of this process's, is withheld from first; whether any is.

    Tracers that were made before, and exporters that are added later, are no way around. A provider that is not built
    as expected raises ConfigError: better no start than a leak.
    """
    found = provider or _of_this_process()
    if found is None:
        return False
    chain: SpanProcessor | None = getattr(found, _CHAIN, None)
    if chain is None:
        raise ConfigError(
            "This OpenTelemetry SDK cannot be kept from exporting personal data.",
            hint="Install the version of the extra `telemetry`, or start without tracing.",
        )
    if "on_end" not in vars(chain):
        export = chain.on_end

        def on_end(span: "ReadableSpan") -> None:
            export(withheld(span))

        vars(chain)["on_end"] = on_end
    return True


def withheld(span: "ReadableSpan") -> "ReadableSpan":
    """The span with `(withheld)` in place of whatever in it looks like personal data or is free text."""
    from opentelemetry.sdk.trace import ReadableSpan  # noqa: PLC0415 - where a span is, the SDK is
    from opentelemetry.trace import Link, Status  # noqa: PLC0415

    return ReadableSpan(
        name=str(shown(span.name)),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_attributes(span.attributes),
        events=[_event(event) for event in span.events],
        links=[Link(link.context, _attributes(link.attributes)) for link in span.links],
        kind=span.kind,
        # Its description is an exception's message.
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _event(event: "Event") -> "Event":
    from opentelemetry.sdk.trace import Event  # noqa: PLC0415

    return Event(str(shown(event.name)), _attributes(event.attributes), event.timestamp)


def _attributes(attributes: "Attributes") -> dict[str, Any]:
    given: Mapping[str, Any] = attributes or {}
    return {str(shown(name)): shown(value) for name, value in given.items() if name not in _FREE_TEXT}


def _of_this_process() -> "TracerProvider | None":
    """The provider that this process was started with; None if it is not traced."""
    if "opentelemetry.sdk.trace" not in sys.modules:
        return None
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.trace import get_tracer_provider  # noqa: PLC0415

    found = get_tracer_provider()
    return found if isinstance(found, TracerProvider) else None
