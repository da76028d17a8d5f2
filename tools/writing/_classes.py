"""
Classes of English words and word pairs that surface features count: function words, connectives, stance, signals.

Own lists, after the descriptions of Biber (1988), Hyland (2005, metadiscourse) and Coh-Metrix (connectives). A word may
stand in several classes. A pair counts wherever its two words stand side by side.
"""

from collections.abc import Mapping
from functools import cache

__all__ = ["BE", "CLASSES", "FUNCTION_WORDS", "IRREGULAR_PARTICIPLES", "IRREGULAR_PAST", "PAIRS", "classes_of_word"]

CLASSES: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "articles": "a an the",
        "demonstratives": "this that these those",
        "determiners": "a an the this that these those my your his her its our their some any each every no either "
        "neither all both another such what which whose",
        "prepositions": "of in to for with on at from by about as into like through after over between out against "
        "during without before under around among upon within along across behind beyond toward towards despite "
        "concerning regarding throughout beneath above below near off up down per via until onto",
        "coordinators": "and or but nor so yet",
        "subordinators": "because although though while if unless until since whereas whether when whenever wherever "
        "after before once as that than where",
        "relatives": "which who whom whose that where",
        "wh_words": "what who whom whose which when where why how",
        "auxiliaries": "am is are was were be been being have has had having do does did will would shall should can "
        "could may might must isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't won't wouldn't "
        "can't couldn't shouldn't mustn't i'm you're he's she's it's we're they're i've you've we've they've i'll "
        "you'll he'll she'll we'll they'll that's there's i'd you'd he'd she'd we'd they'd cannot",
        "modals": "will would shall should can could may might must cannot can't won't wouldn't couldn't shouldn't",
        "obligation": "must should need needs ought required necessary essential",
        "negation": "not no never none nothing nobody neither nor nowhere cannot can't won't don't doesn't didn't "
        "isn't aren't wasn't weren't haven't hasn't hadn't wouldn't couldn't shouldn't without",
        "first_singular": "i me my mine myself i'm i've i'd i'll",
        "first_plural": "we us our ours ourselves we're we've we'd we'll",
        "second_person": "you your yours yourself yourselves you're you've you'd you'll",
        "third_human": "he she him her his hers himself herself he's she's he'd she'd he'll she'll",
        "third_plural": "they them their theirs themselves they're they've they'd they'll",
        "it": "it its itself it's",
        "pronouns": "i me my mine myself we us our ours ourselves you your yours yourself he she him her his hers "
        "himself herself they them their theirs themselves it its itself i'm we're you're he's she's it's they're "
        "someone somebody something anyone anybody anything everyone everybody everything nobody nothing one",
        "additive": "also moreover furthermore additionally besides likewise similarly and too further again",
        "adversative": "but however although though yet nevertheless nonetheless whereas despite instead rather still "
        "while unlike conversely otherwise",
        "causal": "because therefore thus hence consequently since so accordingly thereby due",
        "temporal": "then when before after while until finally first second third next later meanwhile once since "
        "eventually suddenly already soon now afterwards previously",
        "exemplifying": "example instance instances examples namely specifically particularly especially "
        "including such",
        "concluding": "conclusion overall finally ultimately therefore thus summary conclude",
        "sequencing": "first firstly second secondly third thirdly next finally lastly another last",
        "hedges": "may might could perhaps possibly probably maybe seem seems seemed appear appears appeared likely "
        "unlikely suggest suggests tend tends often sometimes usually generally somewhat almost about around mostly "
        "largely relatively apparently presumably",
        "boosters": "always never certainly definitely clearly obviously undoubtedly indeed surely truly really very "
        "extremely absolutely completely totally must fact every all entirely highly so most",
        "attitude": "important unfortunately fortunately hopefully surprisingly interesting interestingly essential "
        "crucial significant remarkable admittedly sadly ideally appropriate best worst",
        "reporting": "said say says stated states state argue argues argued claim claims claimed believe believes "
        "suggested explain explains explained according reported reports report shows show showed found told asked "
        "replied answered cried",
        "thinking": "think thought know knew known believe feel felt understand understood realize realized remember "
        "consider wonder guess hope wish imagine decide decided learn learned",
        "reasons": "because since reason reasons why therefore thus hence cause causes result results due so "
        "consequently",
        "evidence": "study studies research data percent evidence statistics survey according researchers scientists "
        "experts expert source sources report university journal example instance facts",
        "contrast_views": "opponents critics opposing others disagree oppose opposed argue counterargument skeptics "
        "against concerns concern",
        "claims": "should must believe think argue opinion better best important need agree disagree therefore benefit "
        "benefits advantage advantages",
        "good": "good great better best benefit benefits improve improved safe safer help helpful helps advantage "
        "happy love enjoy success successful easy easier positive hope proud strong useful fair right effective",
        "bad": "bad worse worst harm dangerous risk risks problem problems damage disadvantage suffer fear afraid hate "
        "sad fail failed failure difficult hard negative wrong weak unsafe unfair death accident accidents",
        "generalising": "everyone everybody everything always never nobody people all none society world anyone",
        "archaic": "thee thou thy thine ye hath doth upon whilst unto shall hither thither whence wherefore ere nay "
        "'tis oft amongst thereof therein whereupon lest",
        "vague": "thing things stuff something lot lots kind sort good bad big nice get got very really",
        "speech": "said asked replied cried answered shouted whispered exclaimed oh yes well hello ah",
        "numbers": "one two three four five six seven eight nine ten hundred thousand million billion",
        "bare_contractions": "dont cant wont im ive didnt doesnt isnt arent wasnt couldnt shouldnt wouldnt thats "
        "youre theyre hes shes id havent hasnt alot",
    }.items()
}

PAIRS: Mapping[tuple[str, str], str] = {
    (first, second): name
    for name, pairs in {
        "exemplifying": "for/example for/instance such/as in/particular",
        "adversative": "in/contrast other/hand even/though in/spite instead/of",
        "causal": "as/result a/result so/that because/of due/to in/order leads/to lead/to",
        "additive": "in/addition as/well not/only",
        "temporal": "at/last at/first as/soon one/day",
        "concluding": "in/conclusion to/conclude in/summary to/summarize in/short to/sum",
        "obligation": "have/to has/to had/to need/to needs/to",
        "hedges": "kind/of sort/of a/little in/general it/seems i/guess",
        "attitude": "i/believe i/think i/feel my/opinion",
        "evidence": "according/to shows/that found/that research/shows studies/show",
        "contrast_views": "some/people other/people people/say some/may some/might many/people critics/say others/say",
        "generalising": "every/one all/the all/people every/time nowadays/people",
        "agreement_slips": "he/have she/have it/have he/don't she/don't it/don't they/was we/was you/was they/is we/is "
        "people/is i/is he/are she/are they/has we/has this/are these/is those/is he/do she/do it/do a/people "
        "many/time every/people",
        "confusions": "could/of would/of should/of must/of more/better more/easier more/bigger more/happier "
        "less/people their/is their/are there/own your/welcome your/going alot/of to/much to/many then/me suppose/to "
        "use/to have/went has/went had/went have/ate",
    }.items()
    for first, second in (pair.split("/") for pair in pairs.split())
}

BE = frozenset("am is are was were be been being isn't aren't wasn't weren't i'm he's she's it's we're they're".split())
IRREGULAR_PARTICIPLES = frozenset(
    "made done seen known given taken shown found said told written built held kept left lost paid put read sent set "
    "sold spent taught thought brought bought caught chosen driven eaten fallen felt forgotten hidden hit hurt led met "
    "spoken stolen thrown understood worn won broken born grown drawn".split()
)
IRREGULAR_PAST = frozenset(
    "was were had did went came saw said told made took got gave found thought knew felt left kept began brought ran "
    "stood sat heard held met wrote lost spoke fell grew rose led drew broke spent sent built bought caught taught "
    "fought slept threw flew drove rode sang swam wore won ate drank forgot chose".split()
)
FUNCTION_WORDS = frozenset[str]().union(
    *(CLASSES[name] for name in ("determiners", "prepositions", "coordinators", "subordinators", "relatives",
                                 "auxiliaries", "pronouns", "wh_words", "negation")),
    "there here very too also just only then now more most much many other not than so own same".split(),
)  # fmt: skip


@cache
def classes_of_word() -> Mapping[str, tuple[str, ...]]:
    """The classes of each listed word."""
    found: dict[str, tuple[str, ...]] = {}
    for name, words in CLASSES.items():
        for word in words:
            found[word] = (*found.get(word, ()), name)
    return found
