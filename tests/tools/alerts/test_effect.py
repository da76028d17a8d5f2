"""An effect has a direction, an interval and a point before which it is too early to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.tools.alerts import Effect, MeasurementType, Metric, MetricSeries, effect_of

VALUES = st.lists(st.integers(0, 20).map(float), min_size=3, max_size=12).map(tuple)


def one(series: MetricSeries, kind: MeasurementType = "pre_post", confidence: float = 0.9) -> Effect:
    return effect_of([series], kind=kind, confidence=confidence).effects[0]


@pytest.mark.parametrize(("metric", "verdict"), [("cognitiveLoad", "better"), ("engagement", "worse")])
def test_less_load_is_better_and_less_engagement_is_worse(metric: Metric, verdict: str) -> None:
    effect = one(MetricSeries(metric, (0.8, 0.7, 0.9, 0.8, 0.8), (0.3, 0.4, 0.35, 0.3, 0.4), trigger=False))
    assert effect.verdict == verdict


@given(VALUES, VALUES)
def test_turning_the_metric_round_turns_the_answer_round(before: tuple[float, ...], after: tuple[float, ...]) -> None:
    good = one(MetricSeries("quality", before, after, trigger=False))
    bad = one(MetricSeries("cognitiveLoad", before, after, trigger=False))
    assert good.nap is not None
    assert bad.nap is not None
    assert good.nap + bad.nap == pytest.approx(1, abs=0.002)
    assert {good.verdict, bad.verdict} in ({"better", "worse"}, {"no_clear_change"})


@given(VALUES, VALUES)
def test_the_estimate_lies_in_its_interval_and_more_confidence_is_wider(
    before: tuple[float, ...], after: tuple[float, ...]
) -> None:
    narrow, wide = (one(MetricSeries("quality", before, after, trigger=False), confidence=c) for c in (0.8, 0.99))
    assert narrow.low is not None
    assert narrow.nap is not None
    assert narrow.high is not None
    assert wide.low is not None
    assert wide.high is not None
    assert wide.low <= narrow.low <= narrow.nap <= narrow.high <= wide.high


def test_newcombes_interval_is_that_of_his_method() -> None:
    """The roots of his equation, checked by putting them in: both sides are equal there."""
    effect = one(MetricSeries("quality", (3, 1, 6, 2, 4), (5, 6, 7, 8, 3), trigger=False), confidence=0.95)
    assert effect.nap == pytest.approx(0.84)
    assert effect.low is not None
    half, z2 = 4.0, 1.959964**2
    low = effect.low
    left = 25 * (0.84 - low) ** 2 * (2 - low) * (1 + low)
    right = z2 * low * (1 - low) * (2 + half + (1 + 2 * half) * low * (1 - low))
    assert left == pytest.approx(right, rel=0.02)


def test_the_value_that_called_for_it_is_left_out() -> None:
    effect = one(MetricSeries("engagement", (0.6, 0.5, 0.55, 0.1), (0.55, 0.6, 0.5)))
    assert (effect.before_used, effect.verdict) == (3, "no_clear_change")


def test_with_three_values_of_which_one_called_for_it_nothing_is_claimed_to_have_helped() -> None:
    effect = one(MetricSeries("engagement", (0.3, 0.35, 0.1), (0.8, 0.9, 0.85)), confidence=0.8)
    assert effect.verdict == "no_clear_change"
    assert "regression to the mean" in effect.notes[0]


def test_what_was_already_rising_is_not_put_down_to_the_intervention() -> None:
    rising = tuple(float(each) for each in range(1, 9))
    effect = one(MetricSeries("quality", rising, (9.0, 10.0, 11.0, 12.0), trigger=False))
    assert effect.verdict == "no_clear_change"
    assert "already on its way" in effect.notes[0]


@pytest.mark.parametrize("before", [(), (0.5,), (0.5, 0.6)])
def test_with_less_than_three_values_it_is_too_early_to_say(before: tuple[float, ...]) -> None:
    report = effect_of([MetricSeries("quality", before, (0.9, 0.9, 0.9))], kind="pre_post", confidence=0.9)
    assert (report.overall, report.helped) == ("too_early_to_say", None)


def test_immediate_and_delayed_look_at_their_own_days_and_need_them() -> None:
    series = MetricSeries("quality", (1, 2, 3), (9, 9, 9, 0, 0, 0), (1, 2, 3, 30, 40, 50), trigger=False)
    assert one(series, "immediate").verdict == "better"
    assert one(series, "delayed").verdict == "worse"
    with pytest.raises(InvalidInput, match="after_days"):
        one(MetricSeries("quality", (1, 2, 3), (1, 2, 3)), "delayed")


def test_more_metrics_are_more_chances_and_make_each_interval_wider() -> None:
    series = MetricSeries("quality", (3, 1, 5, 2, 4), (5, 6, 7, 4, 8), trigger=False)
    other = MetricSeries("engagement", (1, 2, 3, 4, 5), (1, 2, 3, 4, 5), trigger=False)
    alone, beside = (
        effect_of(each, kind="pre_post", confidence=0.9).effects[0] for each in ([series], [series, other])
    )
    assert alone.low is not None
    assert beside.low is not None
    assert beside.low < alone.low
