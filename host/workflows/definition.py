"""
A workflow as it is written down, checked before anything runs.

    id: complete-writing-analysis
    inputs:
      essay: {required: true}
    steps:
      - id: patterns
        server: writing-analysis
        tool: analyze_writing_patterns
        arguments: {content: inputs.essay}

Each argument is a JMESPath over `inputs` and over the results of earlier steps by their ids; a step waits for
those that its expressions name, and for those under `needs`. What evaluates to null is left out.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import jmespath
import yaml
from jmespath.exceptions import JMESPathError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scribetree.errors import InvalidInput, UnknownName
from scribetree.host.files import read_text
from scribetree.shapes import as_object

__all__ = ["Step", "Workflow", "evaluate", "library", "load_workflow"]

_MAX_BYTES = 256 * 1024
_MAX_STEPS = 100
_INPUTS = "inputs"

_Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]


class Input(BaseModel):
    """One input of a workflow."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    required: bool = False
    description: str = ""


class Step(BaseModel):
    """One call of one tool."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    title: str = ""
    server: str
    tool: str
    arguments: dict[str, str] = Field(default_factory=dict)
    needs: tuple[str, ...] = ()
    when: str | None = None
    on_failure: Literal["stop", "continue"] = "stop"
    timeout_s: Annotated[float, Field(gt=0, le=3600)] = 30.0
    retries: Annotated[int, Field(ge=0, le=10)] = 4

    def expressions(self) -> Iterator[str]:
        """All JMESPath expressions of the step."""
        yield from self.arguments.values()
        if self.when is not None:
            yield self.when


class Workflow(BaseModel):
    """A definition whose steps are known to have an order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    title: str
    description: str = ""
    inputs: dict[str, Input] = Field(default_factory=dict)
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=_MAX_STEPS)]
    report: Literal["writing"] | None = None

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
                raise InvalidInput(
                    f"The steps {', '.join(sorted(waiting))} of workflow {self.id} wait for one another.",
                    hint="Take one of their references or `needs` away.",
                )
            waves.append(ready)
            done |= {step.id for step in ready}
            for step in ready:
                del waiting[step.id]
        return waves

    def check(self) -> None:
        """Nothing happens if the definition holds together; else the first fault is named."""
        ids = [step.id for step in self.steps]
        if len(set(ids)) != len(ids) or _INPUTS in ids:
            raise InvalidInput(f"Workflow {self.id} names a step twice.", hint="Give each step an id of its own.")
        for step in self.steps:
            for other in step.needs:
                if other not in ids:
                    raise UnknownName.of("step", other, ids, where=f" for `needs` of step {step.id}")
            for root in {root for text in step.expressions() for root in _roots(text, step.id)}:
                if root not in {_INPUTS, *ids}:
                    raise UnknownName.of("step or `inputs`", root, [_INPUTS, *ids], where=f" in step {step.id}")
        self.waves()

    def check_inputs(self, inputs: Mapping[str, Any]) -> None:
        """Nothing happens if `inputs` has what the workflow needs and nothing else."""
        for name in inputs:
            if name not in self.inputs:
                raise UnknownName.of("input", name, self.inputs, where=f" of workflow {self.id}")
        missing = [name for name, spec in self.inputs.items() if spec.required and inputs.get(name) is None]
        if missing:
            raise InvalidInput(
                f"Workflow {self.id} needs the input{'s' if len(missing) > 1 else ''} {', '.join(missing)}.",
                hint=f"See `scribetree workflows show {self.id}`.",
            )

    def _named_in(self, step: Step) -> frozenset[str]:
        ids = {other.id for other in self.steps}
        return frozenset(root for text in step.expressions() for root in _roots(text, step.id) if root in ids)


def evaluate(expression: str, scope: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """The value of a JMESPath expression over inputs and earlier results; null where there is none."""
    try:
        return jmespath.search(expression, dict(scope))
    except JMESPathError as error:
        raise InvalidInput(
            f"A workflow expression does not fit what an earlier step gave ({type(error).__name__}).",
            hint="Compare the expression with that step's output schema.",
        ) from None


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


def _parse(text: str, source: str) -> Workflow:
    try:
        workflow = Workflow.model_validate(yaml.safe_load(text))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidInput(f"{source}, line {line}: {error.problem}.", hint="Mend the YAML.") from None
    except (yaml.YAMLError, RecursionError):
        raise InvalidInput(f"{source} is not valid YAML.", hint="Mend the YAML.") from None
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in detail["loc"]) or "the document"
        raise InvalidInput(f"{source}: `{place}`: {detail['msg']}.", hint="Mend that entry.") from None
    workflow.check()
    return workflow


def _roots(expression: str, step_id: str) -> frozenset[str]:
    """The names at which an expression starts: `inputs`, or ids of steps."""
    try:
        return frozenset(_roots_of(jmespath.compile(expression).parsed))
    except JMESPathError as error:
        raise InvalidInput(
            f"An expression of step {step_id} is not JMESPath ({type(error).__name__}).",
            hint="See the grammar at jmespath.org.",
        ) from None


# Nodes whose first child alone is evaluated against the root; the others see what that child gave.
_CHAINS = frozenset(
    {
        "subexpression",
        "index_expression",
        "projection",
        "value_projection",
        "filter_projection",
        "flatten",
        "pipe",
    }
)


def _roots_of(node: Mapping[str, Any]) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
        return
    children = node["children"][:1] if node["type"] in _CHAINS else node["children"]
    for child in filter(None, map(as_object, children)):
        yield from _roots_of(child)
