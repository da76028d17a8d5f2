"""
The features of a text, in seven families, from one pass over its words, its pairs of words and its sentences.

Shares are of all words, or as named; `per_sentence` and `per_100` say what they are counted over. No parser: what
stands under syntax is read off the surface. Definitions: docs/cards/profile.md.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from math import log, sqrt
from statistics import fmean

from scribetree.tools.text import Reading, Span, spans_within
from scribetree.tools.writing._classes import CLASSES, FUNCTION_WORDS
from scribetree.tools.writing._tally import Tally, is_misspelled, tally
from scribetree.tools.writing._word_pairs import gains

__all__ = ["LANGUAGE_NEUTRAL", "Families", "families_of"]

Families = dict[str, dict[str, float]]

LANGUAGE_NEUTRAL = frozenset({"length", "structure"})
"""The families that mean the same in every language that writes words, sentences and paragraphs."""

_PRONOUN_I = frozenset(("I", "I'", "I\u2019"))
_WINDOW = 50
_STEM = 6
_UNUSUAL = -10  # tenths of a natural logarithm
_LONG_SENTENCE, _SHORT_SENTENCE = 30, 8
_CLOSERS = "\"'\u201d\u2019)]\u00bb"
_LIST_LINE = re.compile(r"(?m)^[^\S\n]*(?:[-*\u2022]|\d{1,2}[.)])[^\S\n]")
_NO_SPACE = re.compile(r"[,;!?](?=[A-Za-z])")
_MARKS_REPEATED = re.compile(r"[!?][!?]|,,|(?<!\.)\.\.(?!\.)")


def families_of(reading: Reading) -> Families:
    """Every feature of a text that has at least one word, by family; the keys never change."""
    counted = tally(reading)
    lengths = [len(line) for line in reading.lower]
    capitals = _capitals_inside(reading)
    stems = [{word[:_STEM] for word in line if word not in FUNCTION_WORDS} for line in reading.lower]
    return {
        "length": _length(reading, lengths, counted),
        "lexis": _lexis(reading, counted, capitals),
        "syntax": _syntax(reading, lengths, counted),
        "cohesion": _cohesion(reading, stems, counted),
        "stance": _stance(counted),
        "structure": _structure(reading, lengths),
        "conventions": _conventions(reading, counted, capitals),
    }


def _length(reading: Reading, lengths: Sequence[int], counted: Tally) -> dict[str, float]:
    n, sentences, paragraphs = counted.words, len(lengths), len(reading.paragraphs)
    mean_letters = counted.letters / n
    return {
        "words": float(n),
        "log_words": log(n),
        "sentences": float(sentences),
        "paragraphs": float(paragraphs),
        "words_per_sentence": n / sentences,
        "words_per_sentence_sd": _deviation(lengths),
        "longest_sentence": float(max(lengths)),
        "sentences_per_paragraph": sentences / paragraphs,
        "words_per_paragraph": n / paragraphs,
        "letters_per_word": mean_letters,
        "letters_per_word_sd": sqrt(max(0.0, counted.letter_squares / n - mean_letters**2)),
    }


def _lexis(reading: Reading, counted: Tally, capitals: Sequence[str]) -> dict[str, float]:
    n, content = counted.words, max(1, counted.tags["content"])
    mean_zipf = counted.zipf / n
    return {
        "zipf": mean_zipf,
        "zipf_sd": sqrt(max(0.0, counted.zipf_squares / n - mean_zipf**2)),
        "content_zipf": counted.content_zipf / content,
        "very_rare_share": counted.share("below_2.5"),
        "rare_share": counted.share("below_3.5"),
        "uncommon_share": counted.share("below_4.5"),
        "not_core_share": counted.share("below_5.5"),
        "rare_types_share": counted.rare_types / max(1, counted.content_types),
        "syllables_per_word": counted.syllables / n,
        "one_syllable_share": counted.share("one_syllable"),
        "three_syllables_share": counted.share("three_syllables"),
        "three_syllables_a_sentence_root": sqrt(counted.tags["three_syllables"] / len(reading.sentences)),
        "short_word_share": counted.share("short"),
        "long_word_share": counted.share("long"),
        "very_long_word_share": counted.share("very_long"),
        "lexical_density": counted.tags["content"] / n,
        "different_in_50": _moving_average_ratio(reading.flat),
        "root_type_token": counted.types / sqrt(n),
        "once_share": counted.once / counted.types,
        "repetition": 1e4 * counted.repeats / n**2,
        "nominalisations": counted.per_100("nominalisations"),
        "adjective_endings": counted.per_100("adjective_endings"),
        "archaic": counted.per_100("archaic"),
        "vague": counted.per_100("vague"),
        "figures": counted.per_100("figures", "numbers"),
        "names": 100 * len(capitals) / n,
    }


def _syntax(reading: Reading, lengths: Sequence[int], counted: Tally) -> dict[str, float]:
    text, sentences = reading.text, len(lengths)
    commas, other_marks = text.count(","), text.count(";") + text.count(":")
    pair_gains = gains(reading)
    return {
        "pair_gain": sum(pair_gains) / len(pair_gains) / 10,
        "unusual_pair_share": sum(gain < _UNUSUAL for gain in pair_gains) / len(pair_gains),
        "long_sentence_share": sum(length > _LONG_SENTENCE for length in lengths) / sentences,
        "short_sentence_share": sum(length < _SHORT_SENTENCE for length in lengths) / sentences,
        "commas_per_sentence": commas / sentences,
        "semicolons_colons_per_sentence": other_marks / sentences,
        "words_per_mark": counted.words / (commas + other_marks + sentences),
        "brackets_dashes_per_sentence": (text.count("(") + text.count("\u2014") + text.count("--")) / sentences,
        "questions_share": text.count("?") / sentences,
        "exclamations_share": text.count("!") / sentences,
        "quotation_marks_per_sentence": (text.count('"') + text.count("\u201c") + text.count("\u201d")) / sentences,
        "subordinators_per_sentence": counted.tags["subordinators"] / sentences,
        "relatives_per_sentence": counted.tags["relatives"] / sentences,
        "coordinators_per_sentence": counted.tags["coordinators"] / sentences,
        "verbs_per_sentence": (counted.tags["auxiliaries"] + counted.tags["past"]) / sentences,
        "words_before_verb": _words_before_verb(reading),
        "prepositions": counted.per_100("prepositions"),
        "articles": counted.per_100("articles"),
        "determiners": counted.per_100("determiners"),
        "pronouns": counted.per_100("pronouns"),
        "auxiliaries": counted.per_100("auxiliaries"),
        "modals": counted.per_100("modals"),
        "negation": counted.per_100("negation"),
        "passives": counted.per_100("passives"),
        "progressives": counted.per_100("progressives"),
        "infinitives": counted.per_100("infinitives"),
        "past": counted.per_100("past"),
        "ing_forms": counted.per_100("ing_forms"),
        "s_forms": counted.per_100("s_forms"),
        "adverbs": counted.per_100("adverbs"),
        "same_opening_share": _same_opening_share(reading),
    }


def _cohesion(reading: Reading, stems: Sequence[set[str]], counted: Tally) -> dict[str, float]:
    connectives = ("additive", "adversative", "causal", "temporal", "exemplifying")
    return {
        "overlap_next": _mean_overlap(stems, 1),
        "overlap_second_next": _mean_overlap(stems, 2),
        "overlap_share": _linked_share(stems),
        "given_share": _given_share(stems),
        "paragraph_overlap": _paragraph_overlap(reading, stems),
        "ends_overlap": _overlap(stems[0], stems[-1]) if len(stems) > 1 else 0.0,
        "pronouns_per_content_word": counted.tags["pronouns"] / max(1, counted.tags["content"]),
        "demonstratives": counted.per_100("demonstratives"),
        "connectives": counted.per_100(*connectives),
        **{f"{name}_connectives": counted.per_100(name) for name in connectives},
    }


def _stance(counted: Tally) -> dict[str, float]:
    names = (
        "first_singular first_plural second_person third_human third_plural hedges boosters attitude obligation "
        "reporting thinking reasons evidence contrast_views claims good bad generalising speech contractions"
    ).split()
    return {name: counted.per_100(name) for name in names}


def _structure(reading: Reading, lengths: Sequence[int]) -> dict[str, float]:
    total = max(1, sum(lengths))
    sizes = _paragraph_sizes(reading, lengths)
    opening, closing = sizes[0] / total, sizes[-1] / total
    one_only = sum(len(spans_within(reading.sentences, paragraph)) == 1 for paragraph in reading.paragraphs)
    return {
        "opening_share": opening,
        "closing_share": closing if len(sizes) > 1 else 0.0,
        "longest_paragraph_share": max(sizes) / total,
        "paragraph_size_deviation": _deviation(sizes) / (total / len(sizes)),
        "one_sentence_paragraph_share": one_only / len(sizes),
        "list_lines_per_sentence": len(_LIST_LINE.findall(reading.text)) / len(lengths),
        "first_sentence_words": float(lengths[0]),
        "last_sentence_words": float(lengths[-1]),
    }


def _conventions(reading: Reading, counted: Tally, capitals: Sequence[str]) -> dict[str, float]:
    text, sentences = reading.text, len(reading.sentences)
    spaced = sum(text.count(mark) for mark in (" ,", " .", " ;", " ?", " !"))
    return {
        "doubtful_spellings": counted.per_100("doubtful") - 100 * sum(map(is_misspelled, capitals)) / counted.words,
        "small_i": 100 * sum(line.count("i") for line in reading.written) / counted.words,
        "bare_contractions": counted.per_100("bare_contractions"),
        "doubled_words": counted.per_100("doubled"),
        "article_forms": counted.per_100("article_forms"),
        "agreement_slips": counted.per_100("agreement_slips"),
        "confusions": counted.per_100("confusions"),
        "small_sentence_starts": sum(line[0][0].islower() for line in reading.written) / sentences,
        "no_final_mark": sum(_lacks_final_mark(text, span) for span in reading.sentences) / sentences,
        "spacing_slips": 100 * (spaced + len(_NO_SPACE.findall(text))) / counted.words,
        "repeated_marks": 100 * _repeated_marks(text) / counted.words,
        "capitals_inside": 100 * sum(word in FUNCTION_WORDS for word in capitals) / counted.words,
    }


def _repeated_marks(text: str) -> int:
    """Looks for the marks themselves first, which is many times faster than the pattern and mostly enough."""
    if any(marks in text for marks in ("!!", "??", "!?", "?!", ",,", "..")):
        return len(_MARKS_REPEATED.findall(text))
    return 0


def _deviation(values: Sequence[int]) -> float:
    mean = sum(values) / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / len(values))


def _moving_average_ratio(flat: Sequence[str]) -> float:
    """The mean share of different words over all windows of 50 words (Covington and McFall 2010), in one pass."""
    # A window has as many different words as words, less the pairs of one word and its next occurrence inside it.
    size = min(_WINDOW, len(flat))
    last_start = len(flat) - size
    last_seen: dict[str, int] = {}
    pairs = 0
    for here, word in enumerate(flat):
        before = last_seen.get(word)
        last_seen[word] = here
        if before is not None and here - before < size:
            pairs += min(before, last_start) - max(here - size, -1)
    return 1 - pairs / ((last_start + 1) * size)


def _capitals_inside(reading: Reading) -> list[str]:
    """Words with a capital inside a sentence, "I" apart, in small letters."""
    return [
        word.lower()
        for line in reading.written
        for word in line[1:]
        if "A" <= word < "[" and word[:2] not in _PRONOUN_I
    ]


def _words_before_verb(reading: Reading) -> float:
    """How many words stand before the first auxiliary or past form, on average; sentences with none are left out."""
    verbs = CLASSES["auxiliaries"]
    found = [
        next((i for i, word in enumerate(line) if word in verbs or word.endswith("ed")), None) for line in reading.lower
    ]
    places = [place for place in found if place is not None]
    return fmean(places) if places else 0.0


def _same_opening_share(reading: Reading) -> float:
    """Sentences that begin like the one before."""
    if len(reading.lower) < 2:
        return 0.0
    return sum(a[0] == b[0] for a, b in pairwise(reading.lower)) / (len(reading.lower) - 1)


def _overlap(a: set[str], b: set[str]) -> float:
    """Dice's share of common stems."""
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _mean_overlap(stems: Sequence[set[str]], step: int) -> float:
    pairs = [_overlap(a, b) for a, b in zip(stems, stems[step:], strict=False)]
    return fmean(pairs) if pairs else 0.0


def _linked_share(stems: Sequence[set[str]]) -> float:
    """Sentences that share a stem with the one before."""
    if len(stems) < 2:
        return 0.0
    return sum(not a.isdisjoint(b) for a, b in pairwise(stems)) / (len(stems) - 1)


def _given_share(stems: Sequence[set[str]]) -> float:
    """Content words whose stem stood in an earlier sentence."""
    seen: set[str] = set()
    given = total = 0
    for sentence in stems:
        given += len(sentence & seen)
        total += len(sentence)
        seen |= sentence
    return given / total if total else 0.0


def _paragraph_overlap(reading: Reading, stems: Sequence[set[str]]) -> float:
    """Dice's share of common stems between neighbouring paragraphs, on average."""
    merged: list[set[str]] = []
    place = 0
    for paragraph in reading.paragraphs:
        count = len(spans_within(reading.sentences, paragraph))
        merged.append(set[str]().union(*stems[place : place + count]))
        place += count
    return _mean_overlap(merged, 1)


def _paragraph_sizes(reading: Reading, lengths: Sequence[int]) -> list[int]:
    """The words of each paragraph."""
    sizes: list[int] = []
    place = 0
    for paragraph in reading.paragraphs:
        count = len(spans_within(reading.sentences, paragraph))
        sizes.append(sum(lengths[place : place + count]))
        place += count
    return sizes


def _lacks_final_mark(text: str, sentence: Span) -> bool:
    return text[sentence.start : sentence.end].rstrip(_CLOSERS)[-1:] not in {".", "!", "?", "\u2026", ":", "\u3002"}
