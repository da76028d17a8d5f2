# ruff: noqa: E501 - a sentence pattern stands on one line
"""
Essays with surrogate data to judge privacy/pii on: patterns that nothing was trained on, for every label.

Three rounds: what rounds 1 and 2 showed was read and led to changes after it had been counted once; round 3 was only
ever counted.
"""

import random
import re
from dataclasses import dataclass

NAMES = {
    1: """Growing up next door to {N} changed how I see the world.
It took {F} three tries to pass the test.
Nobody laughed harder than {F}.
I swapped drafts with {A} before class.
{A} proofread my conclusion twice.
The funniest person I know is {N}.
Every Sunday {F} bakes bread with my grandmother.
I gave {F} my old phone.
Grandpa {F} never owned a car.
My locker is next to {N}'s locker.
Two years ago {F} and {F} started a band.
Our landlord, {N}, raised the rent.
Mister {L} lets us eat in class.
Only after {F} explained it did I understand the graph.
The note was signed by {N}.
My study buddy {A} quizzed me for hours.
She introduced herself as {N}.
{F}: Did you finish your essay?
"Stop it, {F}," my mother said.
{F} whispered, "The teacher is coming."
{T} {L} wrote "good job" on my paper.
I was paired with {A} for the peer review.
In my interview, {N} explained how she came here.
It was my turn after {F}.
The winner was {N} from grade 8.
i asked my cousin {a} for help with this
me and {a} play soccer every day
my bff {a} got a new car""",
    2: """Sitting across from {N} at lunch, I finally told the truth.
Nothing scares {F}.
I handed my essay to {A} and waited.
{A} underlined three sentences that were confusing.
The first person to read this was {N}.
Each winter {F} shovels the driveway for free.
I sold {F} my bike.
Great-aunt {F} wrote letters every week.
My desk is behind {N}'s desk.
Three summers ago {F} and {F} built a raft.
Our librarian, {N}, found the source for me.
Madame {L} teaches French.
Not until {F} spoke up did anyone notice.
The poster was drawn by {N}.
My chemistry partner {A} measured everything twice.
He said his name was {N}.
{F}: I think robots are scary.
"Hurry up, {F}," dad shouted.
{F} shrugged and said, "Whatever."
{T} {L} circled my topic sentence.
I got matched with {A} for the workshop.
During the survey, {N} admitted that he texts while driving.
It was either me or {F}.
The runner-up was {N} from the other class.
i told my sister {a} that i was done
{a} and me made a video about it
my homie {a} crashed his scooter""",
    3: """Across the hall lives {N}.
I envy {F} for her patience.
I emailed my outline to {A} last night.
{A} crossed out half of my introduction.
The last person I expected to see was {N}.
On Saturdays {F} volunteers at the shelter.
I traded lunches with {F}.
Cousin {F} plays the violin.
{N}'s backpack was left on the bus.
When we were little, {F} and {F} shared a room.
Our school nurse, {N}, called an ambulance.
Sir {L} grades fast.
As soon as {F} arrived, we began.
The cake was for {N}.
My debate partner {A} spoke first.
The man said, "I am {N}."
{F}: Nobody asked for your opinion.
"Listen, {F}," she said, "this is serious."
{F} nodded. "I know."
{T} {L} never gives extra credit.
The group included {A} and two others.
While talking to {N} I noticed something.
They chose {F} as captain.
Special mention goes to {N}.
i wrote this for my friend {a} who moved away
{a} and i were late again
my lab partner {a} forgot his goggles""",
}
PUBLIC = {
    1: """Few thinkers have shaped schools as much as {P}.
It was {P} who warned us about this long ago.
{P}, in a famous speech, asked for courage.
Critics of {P} say that the idea is old.
My essay is about {P} and his inventions.
{S} would disagree with this.
Just as {P} showed, small steps matter.
In {S}'s view, the child is active.
The speech that {P} gave moved millions.
I was inspired by {P} after watching a film.
Studies ({C}, 2016; {D} & {C}, 2018) confirm it.
{C} and colleagues (2020) measured reaction times.""",
    2: """No one explains it better than {P}.
Long before computers, {P} imagined thinking machines.
{P}, whose work is famous, had doubts too.
Followers of {P} think otherwise.
My project was about {P} and her courage.
{S} never said this.
Much like {P}, I had to start over.
In {S}'s opinion, games teach.
The book that {P} wrote is long.
I was moved by {P} when I saw the statue.
Several studies ({C}, 2014; {C} & {D}, 2019) agree.
{C} with others (2021) counted the crashes.""",
    3: """Hardly anyone worked harder than {P}.
Centuries ago, {P} had a similar dream.
{P}, who lived in another time, did not have this choice.
The ideas of {P} spread fast.
My presentation covered {P} and his ideas.
{S} knew this well.
As with {P}, fame came late.
To {S}, learning meant doing.
A statue of {P} stands in the park.
I felt like {P} on that day.
Two surveys ({C}, 2011; {D} & {C}, 2017) differ.
{C} with {D} (2013) compared both groups.""",
}
OTHERS: dict[int, dict[str, list[str]]] = {
    1: {
        "EMAIL": [
            "Send comments to {x}.",
            "my email address is {x} if you need it",
            "Questions? {x}",
            "E-mail me ({x}) please.",
            "reach out via {x}, thanks",
        ],
        "PHONE": [
            "Text me at {x}.",
            "My mom's cell is {x}.",
            "You can call {x} after five.",
            "tel: {x}",
            "Ring {x} for the recording.",
            "My number: {x}",
        ],
        "URL_PERSONAL": [
            "I keep a blog, {x}, about birds.",
            "My videos are on {x}",
            "Check out my page: {x}",
            "You can read my stories at {x}.",
        ],
        "ID_NUM": [
            "ID number: {x}",
            "My school ID is {x}.",
            "Student #{x}",
            "my library card number is {x}",
            "Candidate number {x}",
        ],
        "USERNAME": [
            "My gamertag is {x}.",
            "Follow me on Instagram: @{x}",
            "I go by {x} online.",
            "On Reddit my handle is {x}.",
            "add me on snap, {x}",
        ],
        "STREET_ADDRESS": [
            "Our house is at {x}.",
            "I grew up on {x}, near the river.",
            "Please mail it to {x}.",
            "We moved to {x} in May.",
            "Home: {x}",
        ],
        "DATE_OF_BIRTH": [
            "My birthday is {x}.",
            "DOB: {x}",
            "I was born {x} in a small town.",
            "Birthdate - {x}",
            "She was born on {x}.",
        ],
    },
    2: {
        "EMAIL": [
            "Write to me: {x}",
            "I can be contacted at {x} any time.",
            "My school e-mail, {x}, stopped working.",
            "<{x}>",
            "Forward it to {x}!",
        ],
        "PHONE": [
            "Feel free to phone {x}.",
            "Our home phone is {x}.",
            "If lost, call {x}.",
            "Mobile {x}",
            "His number is {x}.",
            "WhatsApp me on {x}",
        ],
        "URL_PERSONAL": [
            "I post my art on {x} every week.",
            "My channel: {x}",
            "More of my work is at {x}",
            "Here is my profile {x} with pictures.",
        ],
        "ID_NUM": [
            "Student ID no. {x}",
            "My ID is {x}.",
            "(student number {x})",
            "my bus pass number is {x}",
            "Exam number: {x}",
        ],
        "USERNAME": [
            "My screen name is {x}.",
            "I tweet as @{x}.",
            "My Discord is {x}.",
            "Look for {x} on YouTube.",
            "I am {x} on Roblox.",
        ],
        "STREET_ADDRESS": [
            "We live at {x}.",
            "My grandma's place is {x}.",
            "The party is at {x}.",
            "Send the book to {x}, please.",
            "address - {x}",
        ],
        "DATE_OF_BIRTH": [
            "I was born on the {x}.",
            "My date of birth is {x}.",
            "Born: {x}",
            "My twin and I were born on {x}.",
            "my bday is {x}",
        ],
    },
    3: {
        "EMAIL": ["Drop me a line at {x}.", "Use {x} for the sign-up.", "my e-mail is {x}", "Contact info: {x}"],
        "PHONE": ["Give me a call: {x}.", "My dad's work phone is {x}.", "Leave a message at {x}.", "cell {x}"],
        "URL_PERSONAL": ["I uploaded it to {x} yesterday.", "Visit {x} to see my photos.", "My website is {x}."],
        "ID_NUM": ["School ID: {x}", "My student number, {x}, is on the card.", "Registration number {x}", "ID {x}"],
        "USERNAME": [
            "My Instagram is {x}.",
            "You can find me on TikTok as {x}.",
            "username: {x}",
            "Message @{x} if you are lost.",
        ],
        "STREET_ADDRESS": [
            "My address is {x}.",
            "I have lived at {x} all my life.",
            "The bus stops at {x}.",
            "Ship it to {x}.",
        ],
        "DATE_OF_BIRTH": [
            "My date of birth: {x}",
            "I was born on {x} at home.",
            "My brother's birthday is {x}.",
            "(born {x})",
        ],
    },
}
_STREETS = "Birch Willow Sunset Kingsway Juniper Washington Cedar Meadow Prospect Highland Orchard Chestnut".split()
_KINDS = [
    "Street",
    "St",
    "Ave",
    "Avenue",
    "Road",
    "Rd",
    "Lane",
    "Drive",
    "Dr",
    "Blvd",
    "Court",
    "Way",
    "Terrace",
    "Place",
]
_TOWNS = [
    "",
    "",
    ", Toronto",
    ", Boston, MA 02118",
    ", Manchester M14 5TP",
    ", Reno, NV",
    ", Albany, New York 12203",
    ", Austin, TX 78701",
]
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, what in it is personal (start, end, label), and where its public figures stand."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    public: tuple[tuple[int, int], ...]
    origin: str


def value(label: str, chance: random.Random, first: str, last: str) -> str:
    """Made-up data of one kind."""
    digits = lambda count: "".join(str(chance.randint(0, 9)) for _ in range(count))  # noqa: E731 - one line, local
    low = re.sub(r"[^a-z]", "", first.lower()) or "sam"
    area, middle, tail = f"{chance.randint(2, 9)}{digits(2)}", f"{chance.randint(2, 9)}{digits(2)}", digits(4)
    year, month, day = chance.randint(2003, 2013), chance.randint(1, 12), chance.randint(1, 28)
    name = _MONTHS[month - 1]
    table = {
        "EMAIL": [f"{low}.{chance.choice(_STREETS).lower()}{digits(2)}@gmail.com", f"{low}@students.lincoln.k12.us", f"{low}_{digits(3)}@outlook.co.uk", f"{low} at gmail dot com", f"{low}[at]proton[dot]me"],
        "PHONE": [f"{area}-{middle}-{tail}", f"({area}) {middle}-{tail}", f"{area} {middle} {tail}", f"+1 {area} {middle} {tail}", f"+44 7{digits(3)} {digits(6)}", f"0{digits(4)} {digits(6)}", f"{area}{middle}{tail}", f"+91 9{digits(4)} {digits(5)}"],
        "URL_PERSONAL": [f"https://{low}.wordpress.com", f"www.{low}writes.com", f"https://www.youtube.com/@{low}{digits(2)}", f"https://github.com/{low}{digits(3)}", f"{low}draws.weebly.com/gallery", f"http://www.{low}-family.org/about"],
        "ID_NUM": [digits(8) if digits(1) else "", f"{chance.choice('ABCMNS')}{digits(7)}", f"20{digits(2)}-{digits(5)}", f"{low[:2].upper()}{digits(6)}", f"{digits(3)}-{digits(4)}-{digits(2)}"],
        "USERNAME": [f"{low}{digits(3)}", f"x_{low}_x", f"{low}.{chance.choice(_STREETS).lower()}", f"the_real_{low}", f"{chance.choice(_STREETS).lower()}fan{digits(2)}"],
        "STREET_ADDRESS": [f"{chance.randint(1, 9999)} {chance.choice(_STREETS)} {chance.choice(_KINDS)}{chance.choice(['', ', Apt ' + digits(1) + 'B', ' #' + digits(2), ', Unit 4'])}{chance.choice(_TOWNS)}", f"{chance.randint(1, 99)} North {chance.choice(_STREETS)} {chance.choice(_KINDS)}", f"{chance.randint(1, 300)} {chance.choice(['5th', '42nd', '3rd'])} {chance.choice(['Street', 'Ave'])}"],
        "DATE_OF_BIRTH": [f"{name} {day}, {year}", f"{day} {name} {year}", f"{month}/{day}/{year}", f"{year}-{month:02}-{day:02}", f"{day}.{month:02}.{year}", f"{name[:3]} {day}, {year}", f"{month}/{day}/{year % 100:02}", f"{day}th of {name} {year}" if day not in {1, 2, 3, 21, 22, 23} else f"{name} {day}, {year}"],
    }  # fmt: skip
    return chance.choice(table[label])


def make(
    half: int, *, hosts: list[str], origins: dict[str, tuple[list[str], list[str]]], figures: list[str], seed: int
) -> Judged:
    """One essay with people and data of every kind."""
    chance = random.Random(f"{half}/{seed}")
    origin = sorted(origins)[seed % len(origins)]
    first, last = origins[origin]
    patterns = [
        ("", pattern)
        for pattern in chance.sample(NAMES[half].splitlines(), 3) + chance.sample(PUBLIC[half].splitlines(), 3)
    ]
    patterns += [(label, chance.choice(OTHERS[half][label])) for label in chance.sample(sorted(OTHERS[half]), 4)]
    chance.shuffle(patterns)
    sentences = re.split(r"(?<=[.!?])\s+", chance.choice(hosts))
    where = sorted(chance.sample(range(len(sentences)), min(len(patterns), len(sentences))))
    text, spans, public, at = "", list[tuple[int, int, str]](), list[tuple[int, int]](), 0
    for place, (label, pattern) in zip(where, patterns, strict=False):
        text += "".join(sentence + " " for sentence in sentences[at:place])
        at, done = place, 0
        for slot in re.finditer(r"\{(\w)\}", pattern):
            text += pattern[done : slot.start()]
            done = slot.end()
            kind, filled = _filled(slot[1], label, chance, first, last, origins, figures)
            if kind == "PUBLIC":
                public.append((len(text), len(text) + len(filled)))
            elif kind:
                spans.append((len(text), len(text) + len(filled), kind))
            text += filled
        text += pattern[done:] + chance.choice([" ", "\n", "\n\n"])
    text += " ".join(sentences[at:])
    return Judged(text, tuple(spans), tuple(public), origin)


def _filled(slot: str, label: str, chance: random.Random, first: list[str], last: list[str], origins: dict[str, tuple[list[str], list[str]]], figures: list[str]) -> tuple[str, str]:  # fmt: skip
    given, family = chance.choice(first), chance.choice(last)
    if slot == "x":
        return label, value(label, chance, given, family)
    if slot in "PS":
        figure = chance.choice(figures)
        return "PUBLIC", figure if slot == "P" else figure.rsplit(" ", 1)[-1]
    if slot in "CD":
        return "PUBLIC", chance.choice(origins[chance.choice(sorted(origins))][1])
    if slot == "T":
        return "", chance.choice(["Mr.", "Ms.", "Mrs.", "Dr.", "Miss"])
    whole = {"N": f"{given} {family}", "F": given, "L": family, "a": given.lower()}.get(slot)
    return "NAME", whole or chance.choice([given, f"{given} {family}"])
