"""
What figures about groups cost, beside those who do the same, in one run.

    .venv/bin/python bench/group_figures.py
    uv run --no-project --with-editable . --with opendp --with python-dp --with pycanon bench/group_figures.py

A peer that is not installed is left out and named. Medians of processor time and of time on the wall, in ms: on a
machine that others use, only the first can be compared.
"""

import argparse
import importlib
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, event

from scribetree.clock import SystemClock
from scribetree.privacy._bounds import Bounds, Row
from scribetree.privacy._mechanisms import count, mean, quantile
from scribetree.privacy.accounting import Laplace, least_epsilon
from scribetree.privacy.aggregate import Round, School, unmask
from scribetree.privacy.anonymity import measure, mondrian
from scribetree.privacy.budget import Account, Budgets, MicroEpsilon
from scribetree.privacy.database import Database
from scribetree.privacy.keys import KeyRing
from scribetree.privacy.noise import gaussian, laplace
from scribetree.settings import Settings

QUASI = ("age", "education", "sex", "group")


def median_ms(action: Callable[[], object], *, runs: int, each: int = 1) -> tuple[float, float]:
    """The medians over `runs` of the processor time and of the time on the wall of one of `each` calls."""
    times: list[tuple[float, float]] = []
    for _ in range(runs):
        started = time.process_time(), time.perf_counter()
        for _ in range(each):
            action()
        ended = time.process_time(), time.perf_counter()
        times.append(((ended[0] - started[0]) / each * 1000, (ended[1] - started[1]) / each * 1000))
    return statistics.median(cpu for cpu, _ in times), statistics.median(wall for _, wall in times)


def show(what: str, ms: tuple[float, float], target: str = "") -> None:
    print(f"{what:<60} {ms[0]:>10.4f} {ms[1]:>10.4f}   {target}", flush=True)


def peer(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - whatever keeps a peer away, the run goes on
        print(f"{name}: not here ({type(error).__name__})")
        return None


def noise(runs: int) -> None:
    rows = [Row(f"s{number}", 50.0) for number in range(30)]
    one, bounds = Fraction(1), Bounds(0, 100)
    show("laplace(1)", median_ms(lambda: laplace(1), runs=runs, each=2000))
    show("gaussian(4)", median_ms(lambda: gaussian(4), runs=runs, each=2000))
    ours = median_ms(lambda: count(rows, epsilon=one, rows_per_student=1), runs=runs, each=500)
    show("noisy count of 30 with its interval", ours, "< 0.2")
    show(
        "mean of 30", median_ms(lambda: mean(rows, epsilon=one, rows_per_student=1, bounds=bounds), runs=runs, each=200)
    )
    asked = {"epsilon": one, "rows_per_student": 1, "bounds": bounds, "share": Fraction(1, 2)}
    show("median of 30", median_ms(lambda: quantile(rows, **asked), runs=runs, each=5))
    releases = [Laplace(0.1)] * 1000
    show("least bound of 1,000 releases", median_ms(lambda: least_epsilon(releases, delta=1e-6), runs=runs, each=20))


def noise_of_peers(runs: int) -> None:
    if opendp := peer("opendp.prelude"):
        opendp.enable_features("contrib")
        space = opendp.atom_domain(T=int), opendp.absolute_distance(T=int)
        for name, make in (("laplace(1)", opendp.m.make_laplace), ("gaussian(4)", opendp.m.make_gaussian)):
            drawn = make(*space, scale=1.0 if "lap" in name else 4.0)
            show(f"  opendp {name}", median_ms(lambda drawn=drawn: drawn(30), runs=runs, each=500))
    if pydp := peer("pydp.algorithms.laplacian"):
        show(
            "  python-dp Count of 30",
            median_ms(lambda: pydp.Count(1.0, dtype="int").quick_result([1] * 30), runs=runs, each=200),
        )


def spending(runs: int) -> None:
    account = [Account("cohort", "c")]
    for mode, target in (
        ("FULL", "as shipped: one flush to the disk each"),
        ("OFF", "< 0.1, the work without the disk"),
    ):
        with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as home:
            database = Database.open(Settings(home=Path(home)))
            database.engine.dispose()
            synchronous(database.engine, mode)
            budgets = Budgets(database, ring=KeyRing(bytes(32)), clock=SystemClock())
            ms = median_ms(lambda budgets=budgets: budgets.spend(account, MicroEpsilon(1)), runs=runs, each=100)
            show(f"spend, synchronous {mode}", ms, target)
            database.close()


def synchronous(engine: Engine, mode: str) -> None:
    event.listen(engine, "connect", lambda connection, _: connection.execute(f"PRAGMA synchronous={mode}"))


def people(rows: int) -> dict[str, list[Any]]:
    chance = random.Random(1)
    return {
        "age": [min(90, max(17, int(chance.gauss(38, 13)))) for _ in range(rows)],
        "education": [chance.randrange(16) for _ in range(rows)],
        "sex": [chance.choice("fm") for _ in range(rows)],
        "group": [chance.choice("abcde") for _ in range(rows)],
        "score": [chance.randrange(20) for _ in range(rows)],
    }


def tables(runs: int) -> None:
    table = people(100_000)
    coarse = {
        **table,
        "age": [age // 10 for age in table["age"]],
        "education": [each // 4 for each in table["education"]],
    }
    show("k, l, t of 100,000 rows", median_ms(lambda: measure(coarse, QUASI, "score"), runs=runs), "< 50")
    show("mondrian, k = 5, 100,000 rows", median_ms(lambda: mondrian(table, QUASI, k=5), runs=min(runs, 3)), "< 1,500")
    pycanon, pandas = peer("pycanon.anonymity"), peer("pandas")
    if pycanon and pandas:
        small = {name: values[:10_000] for name, values in coarse.items()}
        frame = pandas.DataFrame(small)
        show("  k, l, t of 10,000 rows, ours", median_ms(lambda: measure(small, QUASI, "score"), runs=runs))

        def theirs() -> tuple[Any, ...]:
            names = list(QUASI), ["score"]
            return (
                pycanon.k_anonymity(frame, names[0]),
                pycanon.l_diversity(frame, *names),
                pycanon.t_closeness(frame, *names),
            )

        show("  k, l, t of 10,000 rows, pycanon", median_ms(theirs, runs=1))
        found = measure(small, QUASI, "score")
        print(f"  ours {(found.k, found.l, round(found.t, 6))}, pycanon {theirs()}")


def masked_sum(schools: int, values: int, lost: int) -> list[int]:
    round_ = Round("bench", schools, values)
    everyone = [School(round_, number) for number in range(1, schools + 1)]
    announced = [school.announce() for school in everyone]
    shares = {school.number: school.share(announced) for school in everyone}
    left = everyone[lost:]
    masked = [
        school.mask(
            [school.number] * values,
            {sender: sent[school.number] for sender, sent in shares.items() if sender != school.number},
        )
        for school in left
    ]
    survivors = {each.school for each in masked}
    return unmask(round_, masked, [school.reveal(survivors) for school in left], announced)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    print(f"{'':<60} {'processor':>10} {'wall':>10}")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")
    noise(runs)
    noise_of_peers(runs)
    spending(runs)
    tables(runs)
    for lost in (0, 5):
        ms = median_ms(lambda lost=lost: masked_sum(30, 1000, lost), runs=min(runs, 5))
        show(f"masked sum of 30 schools by 1,000 values, {lost} drop out", ms, "< 500, all parties together")


if __name__ == "__main__":
    main()
