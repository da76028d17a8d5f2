"""A workflow is checked before anything of it runs."""

from pathlib import Path

import pytest
from mcp.types import Tool

from scribetree.errors import InvalidInput, ScribeTreeError, UnknownName
from scribetree.host.workflows.check import check_against_tools
from scribetree.host.workflows.definition import Workflow, evaluate, library, load_workflow
from scribetree.servers.kit import READS, WRITES


def written(tmp_path: Path, steps: str, head: str = "id: w\ntitle: W\ninputs: {text: {required: true}}\n") -> str:
    path = tmp_path / "w.yaml"
    path.write_text(f"{head}steps:\n{steps}")
    return str(path)


def step(step_id: str, **more: str) -> str:
    extra = "".join(f"    {key}: {value}\n" for key, value in more.items())
    return f"  - id: {step_id}\n    server: s\n    tool: t\n{extra}"


def order(workflow: Workflow) -> list[list[str]]:
    return [[each.id for each in wave] for wave in workflow.waves()]


def test_steps_run_after_what_they_need_and_side_by_side_where_they_can(tmp_path: Path) -> None:
    text = step("c", needs="[a, b]") + step("a") + step("b")
    assert order(load_workflow(written(tmp_path, text))) == [["a", "b"], ["c"]]


def test_dependencies_are_found_in_expressions(tmp_path: Path) -> None:
    text = step("second", arguments="{x: 'length(first.items[*].name)'}") + step("first")
    assert order(load_workflow(written(tmp_path, text))) == [["first"], ["second"]]


def test_an_input_may_bear_the_name_of_a_step(tmp_path: Path) -> None:
    text = step("text", arguments="{x: inputs.text}")
    assert order(load_workflow(written(tmp_path, text))) == [["text"]]


def test_a_cycle_is_named(tmp_path: Path) -> None:
    text = step("a", needs="[b]") + step("b", needs="[a]")
    with pytest.raises(InvalidInput, match="In workflow w step a waits for b waits for a"):
        load_workflow(written(tmp_path, text))


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (step("a", needs="[bb]") + step("b"), "There is no step 'bb'"),
        (step("a", arguments="{x: input.text}"), "There is no step or `inputs` 'input'"),
        (step("a") + step("a"), "The id a of workflow w is taken"),
        (step("a", arguments="{x: '[['}"), "not JMESPath"),
        (step("a", wen="inputs.text"), "wen"),
        (step("A b"), "steps.0.id"),
        ("  - [\n", "line"),
        ("", "steps"),
    ],
    ids=["needs", "root", "twice", "jmespath", "unknown-key", "id", "yaml", "empty"],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, steps: str, message: str) -> None:
    with pytest.raises(ScribeTreeError, match=message):
        load_workflow(written(tmp_path, steps))


def test_a_missing_and_an_unknown_input_are_named(tmp_path: Path) -> None:
    workflow = load_workflow(written(tmp_path, step("a")))
    with pytest.raises(InvalidInput, match="needs the input text"):
        workflow.check_inputs({})
    with pytest.raises(UnknownName, match="no input 'txt'"):
        workflow.check_inputs({"txt": "x"})


def test_an_unknown_workflow_is_answered_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName) as caught:
        load_workflow("complete-writing-analisis")
    assert caught.value.hint == "Did you mean 'complete-writing-analysis'?"


@pytest.mark.parametrize("name", library())
def test_every_packaged_workflow_holds_together(name: str) -> None:
    assert load_workflow(name).id == name


def test_an_expression_that_does_not_fit_says_so_without_the_value() -> None:
    with pytest.raises(InvalidInput) as caught:
        evaluate("length(a)", {"a": 12345})
    assert "12345" not in caught.value.message


PROBE_TOOLS = {
    "s": {
        "t": Tool(
            name="t",
            input_schema={
                "type": "object",
                "properties": {"x": {"type": "integer"}},
                "required": ["x"],
                "additionalProperties": False,
            },
            annotations=READS,
        ),
        "w": Tool(name="w", input_schema={"type": "object"}, annotations=WRITES),
    }
}


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (step("a", arguments="{y: inputs.text}"), "line 8: There is no argument 'y' of t"),
        (step("a"), "line 5: Step a gives t no `x`"),
        (step("a", arguments="{x: '`\"four\"`'}"), "line 8: The constant `.*` does not fit `x`"),
        ("  - {id: a, server: s, tool: w}\n", "line 5: Step a writes"),
        ("  - {id: a, server: s, tool: tt}\n", "line 5: There is no tool 'tt' on s"),
        ("  - {id: a, server: ss, tool: t}\n", "line 5: There is no server 'ss'"),
        ("  - {id: a, server: s, tool: w, undo: {tool: v}}\n", "line 5: There is no tool 'v' on s"),
    ],
    ids=["unknown-argument", "missing-argument", "constant", "no-undo", "tool", "server", "undo-tool"],
)
def test_a_definition_that_does_not_fit_the_tools_is_refused_with_its_line(
    tmp_path: Path, steps: str, message: str
) -> None:
    workflow = load_workflow(written(tmp_path, steps))
    with pytest.raises(ScribeTreeError, match=message):
        check_against_tools(workflow, PROBE_TOOLS)


def test_a_definition_that_fits_the_tools_passes(tmp_path: Path) -> None:
    steps = step("a", arguments="{x: '`4`'}") + "  - {id: b, server: s, tool: w, undo: {tool: w}}\n"
    check_against_tools(load_workflow(written(tmp_path, steps)), PROBE_TOOLS)


def test_an_input_that_breaks_its_schema_is_named_by_its_rule(tmp_path: Path) -> None:
    head = "id: w\ntitle: W\ninputs: {text: {schema: {type: string, maxLength: 3}}}\n"
    workflow = load_workflow(written(tmp_path, step("a"), head))
    with pytest.raises(InvalidInput, match="input text does not fit its rule: `maxLength` is 3") as caught:
        workflow.check_inputs({"text": "secret"})
    assert "secret" not in caught.value.message


def test_a_fault_in_a_file_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"w\.yaml, line 8: `steps\.0\.wen`"):
        load_workflow(written(tmp_path, step("a", wen="inputs.text")))
