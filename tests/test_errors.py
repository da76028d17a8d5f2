"""What an error tells of the next step."""

from scribetree.errors import UnknownName


def test_a_name_that_is_nearly_right_is_offered() -> None:
    assert UnknownName.of("tool", "list_alert", ["list_alerts", "get_goal"]).hint == "Did you mean 'list_alerts'?"


def test_of_many_names_some_are_told_and_the_others_counted() -> None:
    hint = UnknownName.of("tool", "nothing like them", [f"tool_{number:02}" for number in range(70)]).hint
    assert hint.startswith("Known: tool_00, tool_01,")
    assert hint.endswith("tool_19 and 50 more.")
