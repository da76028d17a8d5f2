# ruff: noqa: E501 - a pattern is read in one piece
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
    rf"|\bmy (?:therapist|psychiatrist|psychologist|oncologist|depression|anxiety|adhd|autism|"
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
    rf"drunk|abus(?:ed|es|ive)|hit(?:s)? (?:me|us|her|my)|beat(?:s)? (?:me|us|her|my)(?! (?:at|in|to|by)\b)|hurt(?:s)? (?:me|us|her|"
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
# Wider than the phrases above: somebody close, and within the same clause a word that is hardly said of anything else.
# What is thought, read or said about it is a topic, and stays.
_TALK = (
    r"(?:about|that|think|thinks|believe|believes|article|articles|people|many|most|read|research|if|could|would|might|says|argues?|"
    r"book|novel|movie|film|story|news|topic|essay|class|job|works|worked|volunteers?|guard|nurse|scientists?|cure)\b"
)
_CLOSE = rf"(?:i|my (?:\w+ )?{_KIN}(?:'s)?|my (?:twin|roommate|nephew|niece|baby|{_KIN} and {_KIN})|(?:he|she) is my \w+ and (?:he|she))"
_STATE = (
    rf"(?:{_ILLNESS}|dyslexic|autistic|diabetic|paraly[sz]ed|wheelchair|hearing aids?|deaf|legally blind|overdosed?|relapsed?|sober|"
    r"in therapy|to therapy|therapist|psychiatrist|psych ward|antidepressants?|insulin|epipen|transplant|ventilator|chemo\w*|dialysis|"
    r"emergency room|intensive care|pregnant|adderall|ritalin|prozac|zoloft|lexapro|xanax|down syndrome|cystic fibrosis|tumou?rs?|"
    r"diagnos(?:ed|is)|self[- ]harm\w*|stutters?|rehab|surger(?:y|ies)|amputated|an? (?:prosthetic|pacemaker|inhaler)|hiv positive|"
    r"covid|meds|medication|hospitali[sz]ed)"
)
_HEALTH_WIDE = re.compile(
    rf"\b{_CLOSE}\b(?:(?!\b{_TALK})[^.!?;\n]){{1,64}}?\b{_STATE}\b"
    rf"|\b{_STATE}\b(?:(?!\b{_TALK})[^.!?;\n]){{1,30}}?\b(?:in|because of|with) my (?:{_KIN}(?:'s)?|own|body|brain|lungs?|legs?|arms?|heart)\b"
    rf"|\b(?:the |my )?(?:doctors?|psychiatrist|therapist)\b[^.!?;\n]{{0,60}}\b(?:me|i|my {_KIN}|us)\b[^.!?;\n]{{0,60}}\b{_STATE}\b"
    r"|\bmy (?:stutter|scoliosis|migraines|insomnia|concussion|stroke|addiction|overdose|meds|bulimia|anorexia|epipen)\b"
    rf"|\b(?:because of|with|despite|about|since|after) my (?:\w+ )?{_STATE}\b|\bmy kidneys? \w+ failing\b"
)
_TROUBLE = (
    r"(?:divorc(?:e|ed|ing)|separated|custody|evicted|homeless|deported|undocumented|(?:have|has|don't have|doesn't have) papers|"
    r"in (?:jail|prison)|arrested|in a gang|unemployed|laid off|got fired|lost (?:his|her|their|our|the) (?:job|house|home)|"
    r"(?:an? |is an |was an )?(?:addict|alcoholic)|gets? drunk|drinks (?:every|all|too|again)|drinking problem|abus(?:ed|es|ive)|"
    r"passed away|died|death|funeral|killed by|was (?:killed|shot|murdered|stabbed)|abandoned|walked out|(?:kicked|threw) (?:me|us) out|"
    r"ran away|gave me up|food stamps|welfare|cannot pay|can't (?:pay|afford)|gambles?|touched me|"
    r"(?:hits?|beats?|hurts?|chokes?|chok(?:ed)|slaps?|slapped) (?:me|us|her|him|my \w+)(?! (?:at|in|to)\b)|yells at (?:me|us)|"
    r"fight(?:s|ing)? (?:all|every|constantly)|never met|haven't (?:spoken|talked)|(?:ain't|isn't|not) around|(?:barely|hardly) speaks?)"
)
_FAMILY_WIDE = re.compile(
    rf"\bmy (?:\w+ )?{_KIN}(?:'s)?(?: and {_KIN})?\b(?:(?!\b{_TALK})[^.!?;\n]){{1,50}}?\b{_TROUBLE}\b"
    rf"|\b(?:i|we|ice|cps|child (?:protective )?services)\b(?:(?!\b{_TALK})[^.!?;\n]){{1,40}}?\b"
    rf"(?:foster (?:homes?|care)|evicted|undocumented|homeless|in (?:a|the|our) (?:shelter|car)|orphanage|adopted from|lost our (?:house|home)|"
    rf"taken (?:away )?from my (?:{_KIN}|home)|never met my {_KIN}|(?:not|n't) (?:spoken|talked) to my {_KIN}|took (?:my|away my|me)(?: \w+)? {_KIN})\b"
    rf"|\b(?:since|after|because of|at) (?:the|my {_KIN}'s) (?:funeral|divorce|death)\b[^.!?;\n]{{0,40}}\bmy {_KIN}\b"
    rf"|\braised by my {_KIN}\b|\bmy birth (?:mother|father|parents)\b|\b(?:our|my) family (?:is|was) (?:broke|poor|homeless)\b"
)
_DISTRESS_WIDE = re.compile(
    r"\b(?:i (?:just )?(?:want|wanna|wish|need)(?: it)?(?: all)?(?: to)? (?:stop|end|be over|die|vanish|sleep forever|fall asleep and never)"
    r"|i (?:just )?(?:want|wanna) (?:it|everything) (?:all )?to (?:stop|end)|i wish i (?:had|could) never (?:been born|wake up|woken up)"
    r"|i(?:'m| am| feel)(?: so)? (?:tired of (?:being alive|living|life)|trapped|alone|empty)(?: and| that i want to (?:disappear|die))"
    r"|i (?:wish|hoped|hope)[^.!?\n]{0,30} (?:never|not) wake up|(?:never|not) wake up again"
    r"|nobody (?:would|will)(?: even)? (?:notice|care|miss me)(?: if| when)?(?: i(?:'m| was| were| am| is)? (?:gone|dead|died))?"
    r"|(?:world|family|everyone|they)(?: is| are|'s| would be)? better (?:off )?(?:without me|if i)"
    r"|i (?:feel like|keep thinking (?:about|of)|think (?:about|of)|thought (?:about|of)|tried to|started|have been|'ve been|keep)(?: \w+)? ?"
    r"(?:ending (?:it|my life)|dying|killing myself|hang(?:ing)? myself|jumping off|cutting|burning my (?:skin|arms?)|hurting myself|starving myself)"
    r"|i(?:'ve| have)? (?:been )?(?:cut|cutting|scratch(?:ed)?|burn(?:ed|ing)?|slit|hit|punch|starv(?:e|ed|ing))(?: on)? (?:my (?:arms?|wrists?|legs?|thighs?|skin|own)|myself)"
    r"|i took (?:a (?:bunch|handful|bottle) of|all (?:the|my)|too many) pills|overdose on purpose|the pills are|(?:wrote|written) my goodbye"
    r"|goodbye letters?|suicide note|suicide (?:seems|is|looks)(?: like)? (?:the )?(?:only|my|an)|only way out"
    r"|i (?:can(?:no|')?t|cannot|can not) (?:do|take|handle|live(?: like)?) (?:this|it)(?: \w+)? ?(?:any ?more|no more|longer|much longer)"
    r"|i (?:don't|dont|do not|can't|cannot) (?:see|have) (?:a|any) future|i deserve to (?:die|suffer|be hurt)|(?:my )?life is (?:not|n't) worth"
    r"|(?:what's|what is) the point of (?:me |my )?(?:being alive|living|life)|voices tell me|(?:no way out|no hope) for me"
    r"|(?:scared|afraid|terrified) (?:to go|of going|of being) home|(?:he|she|they|\w+dad|\w+father|uncle|coach) (?:touches|touched|rapes|raped|hits|beats) me (?:at night|when|and i can)"
    r"|i (?:hate myself|hate my life|wanna die|want to die|don't want to live))\b",
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
    "hospitalized hospitalised rehab therapy diagnosed diabetic paralyzed paralysed wheelchair hearing deaf blind overdose overdosed "
    "relapse relapsed sober psych antidepressant epipen transplant ventilator dialysis emergency intensive syndrome fibrosis tumors "
    "covid stutters kidneys surgeries amputated prosthetic pacemaker inhaler".split()
)
_KIN_WORDS = frozenset(
    "mom mum mother dad father parent parents brother sister sibling siblings grandma grandpa grandmother "
    "grandfather grandparents aunt "
    "uncle cousin stepmom stepmum stepdad stepmother stepfather guardian foster family boyfriend girlfriend "
    "friend son daughter husband "
    "wife papa mama adoption biological birth home late".split()
)
_OWN_SIGNS = frozenset(
    "evicted shelter cps services custody funeral ice foster adopted orphan orphaned orphanage homeless undocumented raised".split()
)
_REACH = 110


def disclosures(reading: Reading) -> Iterator[Span]:
    """Each phrase that tells of illness or of trouble at home, where it is the writer's or a close person's own."""
    straight = reading.lower.translate(_CURLY) if not reading.lower.isascii() else reading.lower
    for pattern, confidence in ((_HEALTH, 0.9), (_HEALTH_WIDE, 0.75)):
        for start, end in _around(straight, reading.places(_HEALTH_SIGNS), pattern):
            yield Span(start, end, "HEALTH", confidence)
    kin = [place for place in reading.places(_KIN_WORDS) if "my " in straight[max(0, place - 9) : place]]
    for pattern, confidence in ((_FAMILY, 0.85), (_FAMILY_WIDE, 0.7)):
        for start, end in _around(straight, (*kin, *reading.places(_OWN_SIGNS)), pattern):
            yield Span(start, end, "FAMILY", confidence)


def _around(text: str, places: Iterable[int], pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    reached = 0
    for place in sorted(places):
        if place >= reached:
            for match in pattern.finditer(text, max(0, reached, place - _REACH), place + _REACH):
                yield match.span()
                reached = match.end()


def distress(text: str) -> list[tuple[int, int]]:
    """Where a text says that its writer may be in danger or despair: a reason to offer help today."""
    straight, found = text.translate(_CURLY), list[tuple[int, int]]()
    both = (match.span() for pattern in (_DISTRESS, _DISTRESS_WIDE) for match in pattern.finditer(straight))
    for start, end in sorted(both):
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found
