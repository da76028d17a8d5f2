"""
What students tell about health, family and despair: phrases in which somebody close is the one it happens to.

A topic is not a disclosure: "depression is common" stays, "my depression" does not. Distress is found so that an
adult can offer support, never to punish, and has no place among the labels that `find` gives out.
"""

import re
from collections.abc import Iterable, Iterator

from scribetree.privacy.pii._reading import Reading
from scribetree.privacy.pii._span import Span

__all__ = ["disclosures", "distress"]

_KIN = (
    r"(?:mom|mum|mother|dad|father|parents?|brother|sister|siblings?|grand(?:ma|pa|mother|father|parents)|aunt|uncle|"
    r"cousin|step-?(?:mom|mum|dad|mother|father|brother|sister)|guardian|foster (?:mom|dad|mother|father|parents)|"
    r"family|boyfriend|girlfriend|best friend|friend|son|daughter|husband|wife|papa|mama)"
)
_ILLNESS = (
    r"(?:depress(?:ion|ed)|anxiety|panic attacks?|panic disorder|bipolar(?: disorder)?|schizophrenia|adhd|add|"
    r"autis(?:m|tic)|asperger'?s|"
    r"dyslexi[ac]|ocd|ptsd|anorexi[ac]|bulimi[ac]|an eating disorder|eating disorder|epilepsy|seizures|asthma|"
    r"diabetes|type [12] diabetes|"
    r"cancer|leukemia|leukaemia|lupus|crohn'?s(?: disease)?|hiv|aids|a heart condition|a brain tumou?r|"
    r"multiple sclerosis|alzheimer'?s|"
    r"dementia|parkinson'?s|a stroke|a concussion|a miscarriage|an abortion|chronic pain|migraines|arthritis|"
    r"sickle cell|"
    r"a learning disability|a disability|a stutter|insomnia|an addiction|addiction|alcoholism|hepatitis|"
    r"tourette'?s|cerebral palsy|"
    r"scoliosis|celiac disease|endometriosis|a mental illness|mental illness|mental health (?:issues|problems)|"
    r"kidney failure)"
)
_HEALTH = re.compile(
    rf"\b(?:i|he|she|we|my {_KIN})(?:'m| am|'ve| have| has| was| were|'s| is| got| had| been)?(?: \w+ly| also|"
    rf" just| finally| now| been| recently)? "
    rf"(?:(?:been )?diagnosed with|suffer(?:s|ed|ing)? from|struggl(?:e|es|ed|ing) with|battl(?:e|es|ed|ing)|"
    rf"liv(?:e|es|ed|ing) with|"
    rf"deal(?:s|t|ing)? with|recover(?:s|ed|ing)? from|(?:being )?treated for|died (?:of|from)|has|have|had|"
    rf"have had|got|am|was|is|is in treatment for) "
    rf"(?:(?:severe|clinical|mild|chronic|social|my|her|his|stage \w+|breast|lung|brain|bad|terrible|really bad|"
    rf"type [12]) )*{_ILLNESS}\b"
    rf"|\b(?:i|he|she)(?:'m| am| is| was)? (?:taking|on|prescribed|take|took) (?:\w+ )?(?:medication|medicine|"
    rf"meds|antidepressants|insulin|prozac|zoloft|"
    rf"ritalin|adderall|lexapro|xanax|lithium|chemo(?:therapy)?)\b"
    rf"|\bmy (?:therapist|psychiatrist|psychologist|counsell?or|oncologist|depression|anxiety|adhd|autism|"
    rf"dyslexia|epilepsy|asthma|diabetes|"
    rf"disability|disorder|diagnosis|surgery|chemo(?:therapy)?|medication|eating disorder|ocd|ptsd|cancer|"
    rf"pregnancy|panic attacks?|seizures)\b"
    rf"|\bi (?:am|was|got|became|might be) pregnant\b|\bi(?:'m| am| was) allergic to \w+\b|\bi (?:was|got|am|"
    rf"have been) (?:hospitali[sz]ed|in rehab|in therapy)\b",
)
_FAMILY = re.compile(
    rf"\bmy {_KIN}(?:'s)?(?: \w+ly| just| recently| both| had| have| has| are| were| is| was| got| getting| been)* "
    rf"(?:divorc(?:ed|e|ing)|separat(?:ed|ing)|split up|broke up|died|passed away|killed|left us|left my|"
    rf"walked out|lost (?:his|her|their) (?:job|house|home)|"
    rf"laid off|fired|evicted|deported|undocumented|arrested|in (?:jail|prison)|incarcerated|went to (?:jail|"
    rf"prison)|an alcoholic|an addict|drinks? too much|"
    rf"drunk|abus(?:ed|es|ive)|hit(?:s)? (?:me|us|her|my)|beat(?:s)? (?:me|us|her|my)|hurt(?:s)? (?:me|us|her|"
    rf"my)|fight(?:s)? (?:all|every|constantly)|homeless|"
    rf"unemployed|cheat(?:ed|ing)|kicked (?:me|us) out|adopted(?: me| us)?|on (?:welfare|food stamps)|can(?:no|"
    rf"')t (?:afford|pay))\b"
    rf"|\bmy (?:parents'? divorce|foster (?:home|family|care|mom|dad|parents)|adoption|biological (?:mother|"
    rf"father|parents)|birth (?:mother|father|parents)|home life|late (?:mother|father|brother|sister|grand\w+)|"
    rf"(?:mom|mum|mother|dad|father|brother|sister|grand\w+)'?s (?:death|funeral|drinking|arrest|deportation|"
    rf"addiction))\b"
    rf"|\bi(?:'m| am| was| grew up)(?: an?)?(?: in)? (?:foster (?:care|child|kid)|adopted|orphan(?:ed|age)?|"
    rf"homeless|undocumented|raised by (?:my|a))\b"
    rf"|\bmy family(?:'s)? (?:is|was|are|were|lost|can(?:no|')t|could(?: not|n't)|struggles|struggled|has|"
    rf"had) (?:\w+ )?(?:poor|homeless|evicted|broke|undocumented|bankrupt|(?:no|little) money|afford|financially)\b",
)
_DISTRESS = re.compile(
    r"\b(?:i (?:just )?(?:want|wanted|wish|plan|planned|tried|try|need|think about|have thought about|"
    r"thought about|am going) (?:to |i could |i was |i were )?"
    r"(?:die|be dead|dead|kill(?:ing)? myself|end(?:ing)? (?:it all|my life|it)|disappear forever|not (?:be here|"
    r"wake up|exist)|hurt(?:ing)? myself|take my (?:own )?life|suicide)"
    r"|i(?:'m| am| feel| have been|'ve been)? (?:so |completely |really |feeling )?(?:suicidal|worthless|"
    r"hopeless|self[- ]harm(?:ing|ed)?|cutting myself|better off dead)"
    r"|(?:no|not any) (?:reason|point) (?:to|in) (?:live|living|going on|go on)|(?:kill|cut|hurt|harm|"
    r"hate) myself|nobody would (?:miss|care if) (?:me|i)|"
    r"better off without me|(?:do not|don't|dont) want to (?:live|be here|be alive|exist|wake up)(?: any ?more)?|"
    r"can(?:no|')t (?:go on|take (?:it|this)) any ?more|"
    r"i wish i (?:was|were) (?:never born|dead)|my suicide|suicidal thoughts|thoughts of suicide)\b",
    re.IGNORECASE,
)
_CURLY = str.maketrans("\u2019\u2018", "''")

_HEALTH_SIGNS = frozenset(
    "depression depressed anxiety panic bipolar schizophrenia adhd autism autistic asperger dyslexia "
    "dyslexic ocd ptsd anorexia "
    "anorexic bulimia bulimic eating epilepsy seizure seizures asthma diabetes cancer leukemia leukaemia lupus "
    "crohn hiv aids heart "
    "tumor tumour sclerosis alzheimer dementia parkinson stroke concussion miscarriage abortion pain migraines "
    "arthritis sickle "
    "disability stutter insomnia addiction alcoholism hepatitis tourette palsy scoliosis celiac endometriosis "
    "mental kidney "
    "medication medicine meds antidepressants insulin prozac zoloft ritalin adderall lexapro xanax lithium chemo "
    "chemotherapy "
    "therapist psychiatrist psychologist counselor counsellor oncologist disorder diagnosis surgery pregnancy "
    "pregnant allergic "
    "hospitalized hospitalised rehab therapy".split()
)
_KIN_WORDS = frozenset(
    "mom mum mother dad father parent parents brother sister sibling siblings grandma grandpa grandmother "
    "grandfather grandparents aunt "
    "uncle cousin stepmom stepmum stepdad stepmother stepfather guardian foster family boyfriend girlfriend "
    "friend son daughter husband "
    "wife papa mama adoption biological birth home late".split()
)
_OWN_SIGNS = frozenset("foster adopted orphan orphaned orphanage homeless undocumented raised".split())
_REACH = 110


def disclosures(reading: Reading) -> Iterator[Span]:
    """Each phrase that tells of illness or of trouble at home, where it is the writer's or a close person's own."""
    straight = reading.lower.translate(_CURLY) if not reading.lower.isascii() else reading.lower
    for start, end in _around(straight, reading.places(_HEALTH_SIGNS), _HEALTH):
        yield Span(start, end, "HEALTH", 0.9)
    kin = (place for place in reading.places(_KIN_WORDS) if "my " in straight[max(0, place - 9) : place])
    for start, end in _around(straight, kin, _FAMILY):
        yield Span(start, end, "FAMILY", 0.85)
    for start, end in _around(straight, reading.places(_OWN_SIGNS), _FAMILY):
        yield Span(start, end, "FAMILY", 0.85)


def _around(text: str, places: Iterable[int], pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    reached = 0
    for place in sorted(places):
        if place >= reached:
            for match in pattern.finditer(text, max(0, reached, place - _REACH), place + _REACH):
                yield match.span()
                reached = match.end()


def distress(text: str) -> list[tuple[int, int]]:
    """Where a text says that its writer may be in danger or despair: a reason to offer help today."""
    return [match.span() for match in _DISTRESS.finditer(text.translate(_CURLY))]
