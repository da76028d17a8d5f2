"""What was brought about competitors and markets, in order: ranges multiplied, unknowns named, nothing guessed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist

from scribetree.errors import InvalidInput
from scribetree.tools.strategy._answer import Analysis, Figure, Finding, figure
from scribetree.tools.strategy._model import Competitor, MarketSize

__all__ = ["Trend", "competition", "herfindahl", "range_product"]

_LEVEL = 0.8


@dataclass(frozen=True, slots=True)
class Trend:
    """A movement of the market, who says so, and its yearly change in percent as a range, where known."""

    name: str
    source: str = ""
    low: float | None = None
    high: float | None = None


def range_product(*ranges: tuple[float, float]) -> tuple[float, float, float]:
    """
    The middle and the 80 % interval of a product of independent factors, each given by its own 80 % interval.

    Each factor is taken to be log-normal, so that logarithms add (Hubbard 2010 reads ranges in the same way).
    """
    if any(low <= 0 or high < low for low, high in ranges):
        raise InvalidInput(
            "A range needs a low above 0 and a high not below it.", hint="Give both ends of what is thinkable."
        )
    z = NormalDist().inv_cdf(0.5 + _LEVEL / 2)
    middle = sum((log(low) + log(high)) / 2 for low, high in ranges)
    spread = sqrt(sum(((log(high) - log(low)) / (2 * z)) ** 2 for low, high in ranges))
    return exp(middle), exp(middle - z * spread), exp(middle + z * spread)


def herfindahl(shares: Sequence[float]) -> tuple[float, float]:
    """The least and the most the concentration (0 to 10,000) can be, the rest of the market being many or one."""
    known = sum(share * share for share in shares)
    rest = max(0.0, 100 - sum(shares))
    return known, known + rest * rest


def competition(
    segment: str,
    competitors: Sequence[Competitor],
    *,
    markets: Sequence[MarketSize] = (),
    trends: Sequence[Trend] = (),
    our_price: float | None = None,
    our_share: tuple[float, float] | None = None,
) -> Analysis:
    """The segment as far as it was told: sizes, concentration, prices, what several offer and what nobody does."""
    return Analysis.bounded(
        f"Competition: {segment}",
        figures=[
            *_sizes(markets, our_share),
            *_prices(competitors, our_price),
            *_concentration(segment, [each.share for each in competitors if each.share is not None]),
            *_yearly_changes(trends),
        ],
        findings=_strengths(competitors),
        methods=(
            "product of log-normal ranges, each read as 80 % interval (Hubbard 2010)",
            "Herfindahl-Hirschman index, bounded by what is not known of the rest",
        ),
        assumptions=("Everything rests on what was entered; nothing was looked up.",),
        missing=[
            *_unknown_size(markets, our_share),
            *(f"{trend.name}: who says so?" for trend in trends if not trend.source),
            *_unknown(competitors),
        ],
    )


def _sizes(markets: Sequence[MarketSize], our_share: tuple[float, float] | None) -> Iterator[Figure]:
    for market in markets:
        low, high = market.low, market.high
        yield figure(
            market.segment,
            "size",
            sqrt(low * high),
            market.unit,
            low=low,
            high=high,
            level=_LEVEL,
            method="as given",
        )
        if our_share:
            middle, least, most = range_product((low, high), (our_share[0] / 100, our_share[1] / 100))
            yield figure(
                market.segment,
                "reachable by us",
                middle,
                market.unit,
                low=least,
                high=most,
                level=_LEVEL,
                method="product of ranges",
            )


def _unknown_size(markets: Sequence[MarketSize], our_share: tuple[float, float] | None) -> Iterator[str]:
    if not markets:
        yield "The size of the market: give a low and a high, and who says so."
    elif our_share is None:
        yield "What share of it could be ours, as a range."


def _concentration(segment: str, shares: Sequence[float]) -> Iterator[Figure]:
    if sum(shares) > 100.0 + 1e-9:
        raise InvalidInput("The shares of the competitors add up to more than 100 %.", hint="Correct one of them.")
    if shares:
        low, high = herfindahl(shares)
        yield figure(
            segment,
            "concentration (HHI)",
            (low + high) / 2,
            "0 to 10,000",
            low=low,
            high=high,
            level=1.0,
            method="Herfindahl-Hirschman",
        )


def _yearly_changes(trends: Sequence[Trend]) -> Iterator[Figure]:
    for trend in trends:
        if trend.low is not None and trend.high is not None:
            middle = (trend.low + trend.high) / 2
            yield figure(
                trend.name,
                "yearly change",
                middle,
                "%",
                low=trend.low,
                high=trend.high,
                level=_LEVEL,
                method="as given",
            )


def _prices(competitors: Sequence[Competitor], ours: float | None) -> list[Figure]:
    prices = sorted(each.price for each in competitors if each.price is not None)
    found: list[Figure] = []
    if prices:
        middle = (prices[(len(prices) - 1) // 2] + prices[len(prices) // 2]) / 2
        found.append(
            figure(
                "known competitors",
                "median price",
                middle,
                low=prices[0],
                high=prices[-1],
                level=1.0,
                method="median and range",
            )
        )
        if ours is not None:
            found.append(
                figure(
                    "our price",
                    "share of competitors that are cheaper",
                    100 * sum(price < ours for price in prices) / len(prices),
                    "%",
                    method="count",
                )
            )
    return found


def _strengths(competitors: Sequence[Competitor]) -> list[Finding]:
    named: dict[str, list[str]] = {}
    weak: dict[str, list[str]] = {}
    for each in competitors:
        for strength in each.strengths:
            named.setdefault(strength.strip().lower(), []).append(each.name)
        for weakness in each.weaknesses:
            weak.setdefault(weakness.strip().lower(), []).append(each.name)
    shared = [
        Finding(
            strength,
            "info",
            f"{len(who)} of {len(competitors)} offer this: it is expected, not a difference.",
            basis=", ".join(who),
        )
        for strength, who in named.items()
        if len(who) > 1
    ]
    open_places = [
        Finding(
            weakness,
            "info",
            f"{len(who)} of {len(competitors)} are weak here, and nobody is said to be strong.",
            basis=", ".join(who),
            next_step="Ask users whether it matters to them.",
        )
        for weakness, who in weak.items()
        if weakness not in named
    ]
    return sorted(open_places, key=lambda each: -each.basis.count(",")) + shared


def _unknown(competitors: Sequence[Competitor]) -> list[str]:
    if not competitors:
        return ["Competitors: name those that a user would choose from, with a strength and a weakness each."]
    found: list[str] = []
    for each in competitors:
        lacking = [
            word
            for word, value in (
                ("strengths", each.strengths),
                ("weaknesses", each.weaknesses),
                ("price", each.price),
                ("share", each.share),
                ("source", each.source),
            )
            if value in ((), None, "")
        ]
        if lacking:
            found.append(f"{each.name}: {', '.join(lacking)} not known.")
    return found
