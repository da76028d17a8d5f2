"""A workflow is checked before anything of it runs."""

from pathlib import Path

import pytest

from scribetree.errors import InvalidInput, ScribeTreeError, UnknownName
from scribetree.host.workflows.definition import Workflow, evaluate, library, load_workflow


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
    with pytest.raises(InvalidInput, match="a, b of workflow w wait for one another"):
        load_workflow(written(tmp_path, text))


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (step("a", needs="[bb]") + step("b"), "There is no step 'bb'"),
        (step("a", arguments="{x: input.text}"), "There is no step or `inputs` 'input'"),
        (step("a") + step("a"), "names a step twice"),
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
