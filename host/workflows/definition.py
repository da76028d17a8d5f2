"""
A workflow as it is written down, checked before anything runs.

    id: complete-writing-analysis
    inputs:
      essay: {required: true, schema: {type: string, maxLength: 200000}}
    steps:
      - id: patterns
        server: writing-analysis
        tool: analyze_writing_patterns
        arguments: {content: inputs.essay}

Each argument is a JMESPath over `inputs` and over the results of earlier steps by their ids; a step waits for
those that its expressions name, and for those under `needs`. What evaluates to null is left out.

With `for_each` a step calls its tool once for each element of a list, which its arguments see as `item`. A step
that writes says how it is undone (`undo`, whose expressions also see its own result), or why it cannot be
(`final`). What a failure means stands in `on_failure`: `stop`, `continue` without the step, or `undo` what was
done so far, last first.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from scribetree.errors import InvalidInput, UnknownName
from scribetree.host.files import read_text
from scribetree.host.workflows.expressions import evaluate, roots
from scribetree.host.workflows.schema import first_fault
from scribetree.host.workflows.source import NOWHERE, Source, parse
from scribetree.provenance import Rung

__all__ = ["ITEM", "Input", "Step", "Undo", "Workflow", "evaluate", "library", "load_workflow"]

ITEM = "item"
"""The name of the element at hand in the expressions of a step with `for_each`."""

_MAX_BYTES = 256 * 1024
_MAX_STEPS = 100
_MAX_ITEMS = 1000
_INPUTS = "inputs"

_Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
_Arguments = dict[str, Annotated[str, Field(max_length=4000)]]


class Input(BaseModel):
    """One input of a workflow; `schema` is a JSON Schema that its value must fit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    required: bool = False
    description: str = ""
    rule: dict[str, Any] = Field(default_factory=dict, alias="schema")


class Undo(BaseModel):
    """
    The call that takes back what a step did; its expressions see the step's own result under its id.

    Where `when` does not hold, there is nothing to take back.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tool: str
    server: str | None = None
    when: str | None = None
    arguments: _Arguments = Field(default_factory=dict)

    def expressions(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """All JMESPath expressions of the undoing, each with its place in the step."""
        for name, text in self.arguments.items():
            yield ("undo", "arguments", name), text
        if self.when is not None:
            yield ("undo", "when"), self.when


class Step(BaseModel):
    """One call of one tool, or with `for_each` one call for each element of a list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    title: str = ""
    server: str
    tool: str
    arguments: _Arguments = Field(default_factory=dict)
    needs: tuple[str, ...] = ()
    when: str | None = None
    for_each: str | None = None
    max_items: Annotated[int, Field(ge=1, le=_MAX_ITEMS)] = 100
    on_failure: Literal["stop", "continue", "undo"] = "stop"
    undo: Undo | None = None
    final: Annotated[str, Field(min_length=10, max_length=300)] | None = None
    least_rung: Rung = "mock"
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 30.0
    retries: Annotated[int, Field(ge=0, le=10)] = 4

    @model_validator(mode="after")
    def _undoes_or_is_final(self) -> "Step":
        if self.undo is not None and self.final is not None:
            raise ValueError("a step has `undo` or `final`, not both")
        return self

    def expressions(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """All JMESPath expressions that decide what the step does, each with its place in the step."""
        for name, text in self.arguments.items():
            yield ("arguments", name), text
        if self.when is not None:
            yield ("when",), self.when
        if self.for_each is not None:
            yield ("for_each",), self.for_each


class Workflow(BaseModel):
    """A definition whose steps are known to have an order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    title: str
    description: str = ""
    inputs: dict[str, Input] = Field(default_factory=dict)
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=_MAX_STEPS)]
    at_once: Annotated[int, Field(ge=1, le=20)] = 5
    report: Literal["writing"] | None = None

    _source: Source = PrivateAttr(default=NOWHERE)

    def place(self, step: Step, *path: str | int) -> str:
        """Where a part of a step stands, as the beginning of an error's text."""
        return self._source.at("steps", self.steps.index(step), *path)

    @cached_property
    def needs(self) -> dict[str, frozenset[str]]:
        """For each step, the steps whose results it waits for."""
        return {step.id: frozenset(step.needs) | self._named_in(step) for step in self.steps}

    def waves(self) -> list[list[Step]]:
        """The steps in order of dependency; those of one wave can run side by side."""
        waiting = {step.id: step for step in self.steps}
        done: set[str] = set()
        waves: list[list[Step]] = []
        while waiting:
            ready = [step for step in waiting.values() if self.needs[step.id] <= done]
            if not ready:
                raise self._cycle(waiting)
            waves.append(ready)
            done |= {step.id for step in ready}
            for step in ready:
                del waiting[step.id]
        return waves

    def _cycle(self, waiting: Mapping[str, Step]) -> InvalidInput:
        """The error that names a circle among these steps, each of which waits for another of them."""
        way = [next(iter(waiting))]
        while way[-1] not in way[:-1]:
            way.append(min(self.needs[way[-1]] & waiting.keys()))
        circle = way[way.index(way[-1]) :]
        return InvalidInput(
            f"{self.place(waiting[circle[0]])}In workflow {self.id} step {' waits for '.join(circle)}.",
            hint="Take one of their references or `needs` away.",
        )

    def check(self) -> None:
        """Nothing happens if the definition holds together; else the first fault is named."""
        ids = [step.id for step in self.steps]
        for number, step in enumerate(self.steps):
            if step.id in ids[:number] or step.id in {_INPUTS, ITEM}:
                raise InvalidInput(
                    f"{self.place(step)}The id {step.id} of workflow {self.id} is taken.",
                    hint="Give each step an id of its own.",
                )
            self._check_names(step, ids)
        self.waves()

    def check_inputs(self, inputs: Mapping[str, Any]) -> None:
        """Nothing happens if `inputs` has what the workflow needs, as it needs it, and nothing else."""
        for name in inputs:
            if name not in self.inputs:
                raise UnknownName.of("input", name, self.inputs, where=f" of workflow {self.id}")
        missing = [name for name, spec in self.inputs.items() if spec.required and inputs.get(name) is None]
        if missing:
            raise InvalidInput(
                f"Workflow {self.id} needs the input{'s' if len(missing) > 1 else ''} {', '.join(missing)}.",
                hint=f"See `scribetree workflows show {self.id}`.",
            )
        for name, value in inputs.items():
            if value is not None:
                _check_value(name, value, self.inputs[name].rule)

    def _check_names(self, step: Step, ids: list[str]) -> None:
        for other in step.needs:
            if other not in ids:
                raise UnknownName.of("step", other, ids, where=f" for `needs` of step {step.id}")
        for path, text in step.expressions():
            visible = {_INPUTS, *ids, *([ITEM] if step.for_each and path[0] == "arguments" else [])}
            self._check_expression(step, path, text, visible)
        if step.undo:
            for path, text in step.undo.expressions():
                visible = {_INPUTS, *ids, *([ITEM] if step.for_each else [])}
                self._check_expression(step, path, text, visible)

    def _check_expression(self, step: Step, path: tuple[str, ...], text: str, visible: set[str]) -> None:
        try:
            named = roots(text)
        except InvalidInput as error:
            raise InvalidInput(f"{self.place(step, *path)}{error.message}", hint=error.hint) from None
        for root in named - visible:
            raise UnknownName.of("step or `inputs`", root, visible, where=f" in step {step.id}")

    def _named_in(self, step: Step) -> frozenset[str]:
        ids = {other.id for other in self.steps}
        return frozenset(root for _, text in step.expressions() for root in roots(text) if root in ids)


def library() -> list[str]:
    """The names of the packaged workflows."""
    folder = files("scribetree.host.workflows").joinpath("library")
    return sorted(path.name.removesuffix(".yaml") for path in folder.iterdir() if path.name.endswith(".yaml"))


def load_workflow(name: str) -> Workflow:
    """The packaged workflow of that name, or the one in that YAML file; checked."""
    if name in library():
        text = files("scribetree.host.workflows").joinpath("library", f"{name}.yaml").read_text("utf-8")
        return _parse(text, f"{name}.yaml")
    path = Path(name)
    if path.suffix not in {".yaml", ".yml"}:
        raise UnknownName.of("workflow", name, library())
    return _parse(read_text(path, max_bytes=_MAX_BYTES), str(path))


def _parse(text: str, name: str) -> Workflow:
    document, source = parse(text, name)
    try:
        workflow = Workflow.model_validate(document)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in detail["loc"]) or "the document"
        raise InvalidInput(f"{source.at(*detail['loc'])}`{place}`: {detail['msg']}.", hint="Mend that entry.") from None
    workflow._source = source  # pyright: ignore[reportPrivateUsage] - set once, here, where the definition is made
    workflow.check()
    return workflow


def _check_value(name: str, value: object, rule: Mapping[str, Any]) -> None:
    fault = first_fault(value, rule) if rule else None
    if fault is not None:
        raise InvalidInput(f"The input {name} does not fit its rule: {fault}.", hint="See `scribetree workflows show`.")
