"""
What is switched on, for whom, in which form: OpenFeature over the flags of the options.

Every question goes through an OpenFeature client, so that a school's own hooks see it; the provider behind it reads
the options. Nothing of OpenFeature is loaded before somebody asks about a flag that is set.

Who is in a share is decided by a hash of the flag and the person's pseudonym, so that the same people stay in as the
share grows, and two flags do not pick the same ones. A flag that nobody set leaves things as the code has them.
"""

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from scribetree.host.options import Flag, Options

if TYPE_CHECKING:
    from openfeature.client import OpenFeatureClient  # pyright: ignore[reportMissingTypeStubs]
    from openfeature.evaluation_context import EvaluationContext  # pyright: ignore[reportMissingTypeStubs]
    from openfeature.flag_evaluation import FlagResolutionDetails  # pyright: ignore[reportMissingTypeStubs]
    from openfeature.provider import AbstractProvider  # pyright: ignore[reportMissingTypeStubs]

__all__ = ["Flags", "tool_flag", "version_flag"]

_SLOTS = 10_000
_Value = TypeVar("_Value")
_domains = itertools.count(1)


class Flags:
    """The flags in force; `replace` changes all of them at once."""

    def __init__(self, options: Options | None = None) -> None:
        self._flags: Mapping[str, Flag] = (options or Options()).flags
        self._client: OpenFeatureClient | None = None

    def __contains__(self, name: str) -> bool:
        return name in self._flags

    def replace(self, options: Options) -> None:
        """The flags are those of `options`."""
        self._flags = options.flags

    def is_on(self, name: str, *, person: str, otherwise: bool = True) -> bool:
        """Whether the flag is on for the person with that pseudonym; `otherwise` if nobody set it."""
        if name not in self._flags:
            return otherwise
        return self._asked().get_boolean_value(name, otherwise, _context(person))

    def variant(self, name: str, *, person: str) -> str | None:
        """The variant that the person has; None if the flag is not set, is off for them, or has none."""
        if name not in self._flags:
            return None
        return self._asked().get_string_value(name, "", _context(person)) or None

    def is_off_for_all(self, name: str) -> bool:
        """Whether the flag is set, and on for nobody."""
        flag = self._flags.get(name)
        return flag is not None and (not flag.enabled or flag.rollout_percent == 0)

    def get(self, name: str) -> Flag | None:
        """The flag as the options set it."""
        return self._flags.get(name)

    def _asked(self) -> "OpenFeatureClient":
        if self._client is None:
            from openfeature import api  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs]

            domain = f"scribetree-{next(_domains)}"
            # Until a provider is ready, its client answers the default: what is off would be on.
            api.set_provider_and_wait(_provider(self), domain)
            self._client = api.get_client(domain)
        return self._client


def tool_flag(server: str, tool: str) -> str:
    """The flag that switches one tool."""
    return f"tool.{server}.{tool}"


def version_flag(server: str) -> str:
    """The flag whose variants are versions of a server, among which people are divided."""
    return f"version.{server}"


def _context(person: str) -> "EvaluationContext":
    from openfeature.evaluation_context import EvaluationContext  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs]

    return EvaluationContext(targeting_key=person)


def _provider(flags: Flags) -> "AbstractProvider":
    """The flags as OpenFeature sees them; the evaluation context's targeting key is a pseudonym."""
    from openfeature.flag_evaluation import FlagResolutionDetails, Reason  # noqa: PLC0415 - 0.2 s
    from openfeature.provider import AbstractProvider, Metadata  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs]

    def unset(default: _Value) -> "FlagResolutionDetails[_Value]":
        return FlagResolutionDetails(default, reason=Reason.DEFAULT)

    class OptionsProvider(AbstractProvider):
        """Booleans are roll-outs, strings are variants; there are no flags of other types."""

        def get_metadata(self) -> Metadata:
            return Metadata("scribetree-options")

        def resolve_boolean_details(
            self, flag_key: str, default_value: bool, evaluation_context: "EvaluationContext | None" = None
        ) -> "FlagResolutionDetails[bool]":
            flag = flags.get(flag_key)
            if flag is None:
                return unset(default_value)
            on = _is_in(flag, flag_key, _person_of(evaluation_context))
            return FlagResolutionDetails(on, reason=Reason.SPLIT)

        def resolve_string_details(
            self, flag_key: str, default_value: str, evaluation_context: "EvaluationContext | None" = None
        ) -> "FlagResolutionDetails[str]":
            variant = _variant(flags.get(flag_key), flag_key, _person_of(evaluation_context))
            if variant is None:
                return unset(default_value)
            return FlagResolutionDetails(variant, variant=variant, reason=Reason.SPLIT)

        def resolve_integer_details(
            self, flag_key: str, default_value: int, evaluation_context: "EvaluationContext | None" = None
        ) -> "FlagResolutionDetails[int]":
            return unset(default_value)

        def resolve_float_details(
            self, flag_key: str, default_value: float, evaluation_context: "EvaluationContext | None" = None
        ) -> "FlagResolutionDetails[float]":
            return unset(default_value)

        def resolve_object_details(
            self,
            flag_key: str,
            default_value: Sequence[Any] | Mapping[str, Any],
            evaluation_context: "EvaluationContext | None" = None,
        ) -> "FlagResolutionDetails[Sequence[Any] | Mapping[str, Any]]":
            return unset(default_value)

    return OptionsProvider()


def _person_of(context: "EvaluationContext | None") -> str:
    return (context.targeting_key if context else None) or ""


def _is_in(flag: Flag, name: str, person: str) -> bool:
    return flag.enabled and _slot(name, person) < flag.rollout_percent * _SLOTS // 100


def _variant(flag: Flag | None, name: str, person: str) -> str | None:
    """The person's variant, in proportion to the weights."""
    if flag is None or not flag.variants or not _is_in(flag, name, person):
        return None
    place = _slot(f"{name}/variant", person) * sum(flag.variants.values()) / _SLOTS
    for variant, weight in sorted(flag.variants.items()):
        place -= weight
        if place < 0:
            return variant
    return max(flag.variants)


def _slot(flag: str, person: str) -> int:
    """The person's place among the ten thousand of that flag."""
    digest = hashlib.sha256(f"{len(flag)}:{flag}:{person}".encode()).digest()
    return int.from_bytes(digest[:8]) % _SLOTS
