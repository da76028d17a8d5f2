"""Options from a file, a profile and the environment; flags that roll out; a file that changes while it is read."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import anyio
import jsonschema
import pytest
from openfeature import api  # pyright: ignore[reportMissingTypeStubs]
from openfeature.hook import Hook, HookContext, HookHints  # pyright: ignore[reportMissingTypeStubs]

from scribetree.errors import ConfigError
from scribetree.host.flags import Flags
from scribetree.host.options import Flag, HealthOptions, Options, load_options, options_schema
from scribetree.host.reload import changed_sections, watch_options
from scribetree.settings import Settings

PEOPLE = [f"person-{number}" for number in range(4000)]


def written(settings: Settings, text: str, environment: Mapping[str, str] | None = None) -> Options:
    settings.home.mkdir(exist_ok=True)
    (settings.home / "scribetree.toml").write_text(text)
    return load_options(settings, environment or {})


def with_flag(**flag: object) -> Flags:
    return Flags(Options.model_validate({"flags": {"f": flag}}))


def test_without_a_file_the_defaults_are_in_force(settings: Settings) -> None:
    assert load_options(settings, {}) == Options()


def test_the_profile_and_then_the_environment_are_laid_over_the_file(settings: Settings) -> None:
    text = "[health]\nprobe_every_s = 20\nprobe_limit_s = 2\n[profiles.staging.health]\nprobe_every_s = 10\n"
    staging = replace(settings, environment="staging")
    assert written(settings, text).health.probe_every_s == 20
    assert written(staging, text).health == HealthOptions(probe_every_s=10, probe_limit_s=2)
    assert written(staging, text, {"SCRIBETREE_OPTION_HEALTH__PROBE_EVERY_S": "1.5"}).health.probe_every_s == 1.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[health]\nprobe_every_s = -1\n", r"line 2: `health\.probe_every_s`"),
        ("[health]\nprobe_evry_s = 1\n", r"line 2: `health\.probe_evry_s`"),
        ('[flags."tool.a.b"]\n\nrollout_percent = 101\n', r"line 3: `flags\.tool\.a\.b\.rollout_percent`"),
        ("[health\n", "not valid TOML"),
        ("[health]\nfirst_retry_s = 60\n", "longer than health.longest_retry_s"),
        ("[profiles.production.health]\nprobe_every_s = 0\n", r"line 2: `health\.probe_every_s`"),
        ("[profiles.staging.health]\nprobe_every_s = 0\n", r"line 2: `health\.probe_every_s`"),
        ("\n[profiles.test.health]\nprobe_every_s = 9\n", r"line 2: there is no profile of that name"),
    ],
    ids=["range", "name", "flag", "toml", "together", "profile", "another profile", "no such profile"],
)
def test_a_file_that_does_not_fit_is_refused_with_its_line(settings: Settings, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        written(settings, text)


def test_a_named_file_must_be_there(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_options(replace(settings, options_file=tmp_path / "none.toml"), {})


def test_a_flag_that_nobody_set_decides_nothing() -> None:
    assert Flags().is_on("f", person="p", otherwise=True)
    assert not Flags().is_on("f", person="p", otherwise=False)
    assert Flags().variant("f", person="p") is None


def test_a_roll_out_reaches_about_its_share_and_keeps_its_people_as_it_grows() -> None:
    small = {person for person in PEOPLE if with_flag(rollout_percent=25).is_on("f", person=person)}
    large = {person for person in PEOPLE if with_flag(rollout_percent=50).is_on("f", person=person)}
    assert 900 < len(small) < 1100
    assert small < large


def test_two_flags_do_not_pick_the_same_people() -> None:
    flags = Flags(Options(flags={"f": Flag(rollout_percent=50), "g": Flag(rollout_percent=50)}))
    both = sum(bool(flags.is_on("f", person=p) and flags.is_on("g", person=p)) for p in PEOPLE)
    assert 850 < both < 1150


def test_variants_follow_their_weights_among_those_who_are_in() -> None:
    flags = with_flag(rollout_percent=50, variants={"a": 1, "b": 3})
    got = [flags.variant("f", person=person) for person in PEOPLE]
    assert 1800 < got.count(None) < 2200
    assert 2.4 < got.count("b") / got.count("a") < 3.7


def test_every_question_goes_through_openfeature_with_a_pseudonym_and_no_more() -> None:
    seen: list[tuple[str, str | None, object]] = []

    class Watch(Hook):
        def before(self, hook_context: HookContext, hints: HookHints) -> None:
            context = hook_context.evaluation_context
            seen.append((hook_context.flag_key, context.targeting_key, dict(context.attributes)))

    api.add_hooks([Watch()])
    try:
        flags = with_flag(enabled=False, variants={"a": 1})
        assert not flags.is_on("f", person="person-1")
        assert flags.variant("f", person="person-1") is None
    finally:
        api.clear_hooks()
    assert seen == [("f", "person-1", {}), ("f", "person-1", {})]


def test_two_hosts_in_one_process_have_their_own_flags() -> None:
    on, off = with_flag(), with_flag(enabled=False)
    assert on.is_on("f", person="p")
    assert not off.is_on("f", person="p")
    assert on.is_on("f", person="p")


def test_the_shipped_schema_is_that_of_the_options() -> None:
    shipped = files("scribetree.host").joinpath("options.schema.json").read_text("utf-8")
    assert json.loads(shipped) == options_schema(), "scribetree config schema > host/options.schema.json"


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("[limits]\nclient_per_minute = 5\n[profiles.staging.balance]\nstrategy = 'health'\n", True),
        ("[flags.'tool.a.b']\nrollout_percent = 5\n", True),
        ("[limits]\nclient_per_minut = 5\n", False),
        ("[profiles.staging.balance]\nstrategy = 'best'\n", False),
        ("[profiles.test.health]\nprobe_every_s = 1\n", False),
    ],
)
def test_the_schema_and_the_loader_agree(settings: Settings, text: str, fits: bool) -> None:
    validator: Any = jsonschema.Draft202012Validator(options_schema())
    assert validator.is_valid(tomllib.loads(text)) == fits
    if fits:
        written(replace(settings, environment="staging"), text)
    else:
        with pytest.raises(ConfigError):
            written(replace(settings, environment="staging"), text)


def test_what_changed_is_named_without_its_value() -> None:
    before, after = Options(flags={"f": Flag()}), Options(health=HealthOptions(probe_every_s=1))
    assert changed_sections(before, after) == ["health", "flags.f"]


@pytest.mark.anyio
async def test_a_changed_file_is_taken_over_and_an_unfitting_one_is_refused(settings: Settings) -> None:
    taken: list[Options] = []

    async def take_over(fresh: Options, sections: list[str]) -> None:
        assert sections == ["health"]
        taken.append(fresh)

    options = written(settings, "")
    file = settings.home / "scribetree.toml"
    with anyio.fail_after(30):
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: watch_options(settings, options, take_over=take_over))
            wanted = 0
            while not taken or taken[-1].health.probe_every_s != 7:
                # Written again until it is seen: the watch may not have begun at the first time.
                wanted += 1
                file.write_text(f"[health]\nprobe_every_s = {'-1' if wanted % 2 else '7'}\n")
                await anyio.sleep(0.2)
            group.cancel_scope.cancel()
    assert {each.health.probe_every_s for each in taken} == {7}
