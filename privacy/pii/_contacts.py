# ruff: noqa: E501 - a pattern is read in one piece
"""
E-mail addresses, personal links and user names, also where they are written to be missed.

Each kind is looked for only where its sign stands (`@`, `://`, a dot before a domain, a word such as `username`),
and what belongs to it is measured from there within a bounded window.
"""

import re
from collections.abc import Iterator

from scribetree.privacy.pii._gazetteer import gazetteer
from scribetree.privacy.pii._reading import Reading
from scribetree.privacy.pii._span import Span

__all__ = ["emails", "links", "usernames"]

_LOCAL_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-"
_LONGEST_LOCAL = 64

_AFTER_AT = re.compile(r"@([\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[^\W\d_]{2,24})(?![\w-])")
_SPELLED = re.compile(
    r"[\w.+-]{1,64}(?: dot [\w+-]{1,32}| ?[\[(]dot[\])] ?[\w+-]{1,32}){0,3}"
    r"(?: at | ?[\[({<] ?(?:at|@) ?[\])}>] ?|\s@\s?|@\s)"
    r"[\w-]{2,40}(?:(?: dot | ?[\[({<] ?(?:dot|\.) ?[\])}>] ?|\s\.\s|\.)[\w-]{2,24}){1,3}",
    re.IGNORECASE,
)
_SPELLED_SIGN = re.compile(r" dot |[\[({<] ?(?:dot|at|@|\.) ?[\])}>]| @|@ ", re.IGNORECASE)
_SPELLED_SIGNS = (
    " dot ",
    "dot)",
    "dot]",
    "(at",
    "[at",
    " @",
    "@ ",
    "(@",
    "[@",
    "(.",
    "[.",
    "{dot",
    "{at",
    "<at",
    "<dot",
)
_DOMAIN = r"(?:dot|\.)[\s\])}>]*(?:com|org|net|edu|gov|io|me|us|uk|de|fr|es|it|in|ca|au|mail|co|info|br|mx|jp|ru|nl)"
_IS_DOMAIN = re.compile(_DOMAIN + "$", re.IGNORECASE)
_HAS_DOMAIN = re.compile(_DOMAIN + r"(?!\w)", re.IGNORECASE)
_SPACED = re.compile(r"(?<!\w)(?:[\w.+-] ){2,40}@ (?:[\w.] ){2,40}\. (?:\w ){1,5}\w(?!\w)")

_SCHEME = re.compile(r"https?://[^\s<>\"\u201c\u201d]+|www\.[^\s<>\"\u201c\u201d]+", re.IGNORECASE)
_BARE_LINK = re.compile(
    r"\.(?:com|org|net|io|me|info|co|tv|ly|page|site|blog|dev|app|gg|github\.io|edu|us|uk|ca)(?:/[^\s<>\"\u201c\u201d]*)?(?![\w@])"
)
_HOST_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"
_TRAILING = ".,;:!?'\"\u2019)]}>*"

_PROFILE_HOST = re.compile(
    r"(?:linkedin\.com/(?!company)|facebook\.com/|instagram\.com/|twitter\.com/|x\.com/|tiktok\.com/|"
    r"snapchat\.com/|youtube\.com/|youtu\.be/|github\.com/|github\.io|wordpress\.com|blogspot\.|weebly\.com|"
    r"wixsite\.com|tumblr\.com|medium\.com/@|linktr\.ee|soundcloud\.com/|pinterest\.|twitch\.tv/|deviantart\.com|"
    r"behance\.net/|discord\.gg|about\.me|sites\.google\.com|docs\.google\.com|drive\.google\.com|wattpad\.com|"
    r"substack\.com|strava\.com|goodreads\.com/user|reddit\.com/u|t\.me/|carrd\.co)",
    re.IGNORECASE,
)
_PUBLIC_HOST = re.compile(
    r"^(?:https?://)?(?:[\w-]+\.)*(?:[\w-]+\.(?:gov|edu|mil)|gov\.uk|ac\.uk|doi\.org|wikipedia\.org|britannica\.com|jstor\.org|"
    r"nytimes\.com|washingtonpost\.com|theguardian\.com|bbc\.(?:com|co\.uk)|cnn\.com|npr\.org|reuters\.com|"
    r"forbes\.com|wired\.com|time\.com|usatoday\.com|latimes\.com|wsj\.com|economist\.com|apnews\.com|"
    r"nationalgeographic\.com|nature\.com|sciencedirect\.com|springer\.com|arxiv\.org|pewresearch\.org|who\.int|"
    r"un\.org|ted\.com|khanacademy\.org|scholastic\.com|purdue\.edu|merriam-webster\.com|dictionary\.com|"
    r"history\.com|procon\.org|google\.com|apple\.com|amazon\.com|microsoft\.com|tesla\.com|uber\.com|netflix\.com)"
    r"(?:[/?:#]|$)",
    re.IGNORECASE,
)
_DATED_PATH = re.compile(r"/(?:19|20)\d\d/\d\d?/")
_OWN = re.compile(
    r"\b(?:my|me|mine|i|our|his|her|their)\b|portfolio|profile|blog|channel|homepage|vlog|personal|follow|"
    r"check out|posted|upload|website is|find (?:me|us)",
    re.IGNORECASE,
)
_CITED = re.compile(
    r"retrieved|accessed|available (?:at|from|online)|source|works cited|references|bibliography|published|article|"
    r"journal|et al|doi|according to|\(\d{4}\)|\bn\.d\.|report|\bvol\b|\bpp\b",
    re.IGNORECASE,
)

_PLATFORM = (
    r"(?:user ?names?|user ?id|screen ?names?|handles?|gamer ?tags?|log-?in(?: name)?|nick(?:name)?|alias|account(?: name)?|"
    r"insta(?:gram)?|ig|snap(?:chat)?|tik ?tok|twitter|discord|reddit|twitch|steam|psn|xbox|roblox|tumblr|"
    r"minecraft|youtube|github|wattpad|scratch|skype|kik|telegram)"
)
_NAMED_ACCOUNT = re.compile(
    rf"{_PLATFORM}(?: (?:account|name|handle|tag|page|profile|id|username|channel))?"
    rf"(?: there| on (?:my|his|her|our|their|the|this|that)(?: \w+){{1,3}}(?= (?:is|was)\b)| on \w+| online|"
    rf" for \w+| everywhere| now| always)?"
    r"(?:,? i(?: am|'m) | ?(?:is|was|used to be|are|:|=|-|\u2013) ?(?:called |just |actually )?|: | as | under |, | \(| )[\"'\u201c\u2018]?@?"
    r"(?P<account>[A-Za-z0-9_][\w.\-]{1,38}(?:#\d{4})?)"
)
_SIGNED_ON = re.compile(
    r"(?:follow(?: me)?|add(?: me)?|find(?: me)?|friend me|message me|dm me|posted(?: it| this| them)?|"
    r"post(?:ing)?|go(?:es)?|known|"
    r"stream(?:s|ing|ed)?|tweet(?:s|ed|ing)?|vlog(?:s|ged)?|chat(?:s|ted)?|compete(?:s|d)?|log(?:ged)? in|sign(?:ed)? in|play(?:s|ed|ing)?|write|published|upload(?:ed)?|registered|comment(?:ed)?)"
    r"(?: (?:me|it|him|her|them|everything|stories|videos))?(?: on| at| in)?(?: my| the)?(?: \w+)?"
    r"(?: as| under| by| with| using|,|:| at)(?: the)?(?: (?:name|username|handle|user))? [\"'\u201c\u2018]?@?"
    r"(?P<account>[A-Za-z][\w.\-]{1,38}(?:#\d{4})?)"
)
_ACCOUNT_WORDS = frozenset(
    "user username usernames userid screen screenname handle handles gamer gamertag gamertags login log nick "
    "nickname alias account "
    "insta instagram ig snap snapchat tik tiktok twitter discord reddit twitch steam psn xbox roblox tumblr "
    "minecraft youtube github "
    "wattpad scratch skype kik telegram".split()
)
_SIGNED_ON_WORDS = frozenset(
    "stream streams streamed streaming tweet tweets tweeted tweeting vlog vlogs chat chats chatted compete plays played "
    "follow add find friend message dm post posted posting go goes known log logged sign signed play playing "
    "write published upload "
    "uploaded registered comment commented".split()
)
# These begin with what is rare in a text and look back only there: a search is quick where it can skip to a letter.
_AT_NAME = re.compile(r"@(?<![\w.@/]@)(?P<account>[A-Za-z0-9_][\w.\-]{0,38}\w)(?!@)")
_REDDITOR = re.compile(r"u/(?<!\wu/)(?P<account>[\w-]{3,20})\b")
_CODED = re.compile(
    r"[A-Za-z]{2,}[A-Za-z_.\-]*\d{2,}[\w]*|[A-Za-z]+\d+[A-Za-z_]+\d*|[A-Za-z]{2,}(?:_[A-Za-z0-9]+)+|[A-Za-z](?:_[A-Za-z0-9]+)+|\w+#\d{4}|[a-z]{4,}\d*_\b"
)
_CROSSED = re.compile(r"xx(?<![\w@]xx)\w{2,30}xx(?!\w)")
_KNOWN_CODES = re.compile(
    r"(?:covid|gpt|windows|mp|ps|ipv|html|web|utf|sha|iso|co|h|g|win|es|a|b|c|k|x|vitamin|b2b|y2k|grade|"
    r"chapter|page|unit|section|level|model|iphone|boeing|formula|article|figure|table|ch|pg|fig|class|part)[-_]?\d*\w?",
    re.IGNORECASE,
)
# Words of places where people go by a name of their own, and how such a name is brought in there.
_ONLINE = frozenset(
    "online username usernames handle guild server forum blog post posts posted posting stream streamed streaming channel "
    "profile account accounts gamertag login chat comment comments commented thread dm lobby discord roblox minecraft "
    "tiktok instagram insta snapchat snap twitter youtube twitch reddit wattpad tumblr xbox psn steam followers fanfic logged".split()
)
_AROUND_ONLINE = 110
_NAMED_ONLINE = re.compile(
    r"(?:\b(?:as|by|user|player|member|streamer|gamer|blogger|named|called|nicknamed|under|name|handle|tag|nick|alias|"
    r"log-?in|account|posts?|signed|message|dm|add|follow|who|or|to)(?: (?:is|was))?:? |[(:] ?)[\"\u201c(@]{0,2}"
    r"(?P<account>[A-Za-z][A-Za-z0-9_]{4,30})(?![\w@])"
)
_CAMEL = re.compile(r"[A-Za-z]?[a-z]+(?:[A-Z][a-z]+){1,3}\d{0,4}")
_NAME_PREFIXES = (
    "mc",
    "mac",
    "de",
    "di",
    "la",
    "le",
    "van",
    "fitz",
    "face",
    "you",
    "tik",
    "snap",
    "whats",
    "play",
    "git",
)
_MOST_ACCOUNTS, _MOST_PLACES = 32, 100
_JOINT = frozenset("_@./-")
_DOTTED = re.compile(r"[A-Za-z0-9]+(?:[._][A-Za-z0-9]+)+")
# Words run together with capitals, with hyphens, or with a digit at the end.
_BUILT = re.compile(r"[A-Za-z]*[a-z][A-Z][A-Za-z]*|[a-z]+(?:-[a-z]+){1,3}|[A-Za-z]{4,}\d")
_ONLINE_AS = re.compile(
    r"\b(?:stream|tweet|post|upload|vlog|chat|log|sign|regist)\w*\b[^.!?\n]{0,30} as [\"'\u201c]?@?$"
)
_JOINED_WORDS = re.compile(r"(?<![\w@/.-])[a-z0-9]{2,}(?:[._][a-z0-9]{2,})+(?![\w@/-])")
_MAYBE_CODED = re.compile(r"[0-9_](?<=[A-Za-z].)")
_ORDINARY = re.compile(r"\w+(?:'\w+)?")


def emails(reading: Reading) -> Iterator[Span]:
    """Each e-mail address, plain, spelled out (`name at domain dot com`) or with spaces between its letters."""
    text = reading.text
    for match in _AFTER_AT.finditer(text) if "@" in text else ():
        window = text[max(0, match.start() - _LONGEST_LOCAL) : match.start()]
        local = len(window) - len(window.rstrip(_LOCAL_SIGNS))
        start = match.start() - local + _leading_dots(window[len(window) - local :])
        if start < match.start():
            yield Span(start, match.end(), "EMAIL", 0.99)
    yield from _spelled_out(text, reading.lower)


def _leading_dots(local: str) -> int:
    return len(local) - len(local.lstrip(".-+"))


def _spelled_out(text: str, lower: str) -> Iterator[Span]:
    if not any(sign in lower for sign in _SPELLED_SIGNS):
        return
    seen = 0
    for sign in _SPELLED_SIGN.finditer(text):
        if sign.start() < seen:
            continue
        match = _first_spelled(text, max(seen, sign.start() - 90), sign.end() + 90)
        if match is not None:
            yield Span(*match.span(), "EMAIL", 0.9)
            seen = match.end()


def _first_spelled(text: str, low: int, high: int) -> re.Match[str] | None:
    """The first spelled-out address; words before it may look like its beginning, so a few places are tried."""
    spaced = _SPACED.search(text, low, high) if text.find(" @ ", low, high) >= 0 else None
    for _ in range(24 if _HAS_DOMAIN.search(text, low, high) else 0):
        match = _SPELLED.search(text, low, high)
        if match is None:
            break
        if _IS_DOMAIN.search(match.group()):
            return match
        low = match.start() + len(match.group().split(None, 1)[0])
    return spaced


def links(reading: Reading) -> Iterator[Span]:
    """Each link to somebody's own page; a link that is cited, or leads to a public source, stays."""
    text = reading.text
    if "://" in text or "www." in text or "WWW." in text:
        for match in _SCHEME.finditer(text):
            yield from _if_personal(text, match.start(), match.end())
    for match in _BARE_LINK.finditer(reading.lower):
        window = text[max(0, match.start() - 64) : match.start()]
        start = match.start() - (len(window) - len(window.rstrip(_HOST_SIGNS)))
        named = text[start : match.start()].lstrip(".-")
        if len(named) > 1 and text[start - 1 : start] not in {"@", "/"}:
            yield from _if_personal(text, match.start() - len(named), match.end())


def _if_personal(text: str, start: int, end: int) -> Iterator[Span]:
    link = text[start:end].rstrip(_TRAILING)
    before = text[max(0, start - 90) : start]
    around = before + " " + text[end : end + 60]
    profile, own = _PROFILE_HOST.search(link) is not None, _OWN.search(around) is not None
    cited = _CITED.search(before) is not None
    if (_PUBLIC_HOST.search(link) or _DATED_PATH.search(link)) and not (profile or own):
        return
    if own or profile or (not cited and "/" in link):
        yield Span(start, start + len(link), "URL_PERSONAL", 0.95 if own or profile else 0.6)


def usernames(reading: Reading) -> Iterator[Span]:
    """Each account name that is introduced as one, begins with `@`, or is built like one, wherever it stands again."""
    seen = dict[str, Span]()
    for span in _accounts(reading):
        yield span
        seen.setdefault(reading.text[span.start : span.end], span)
    words = gazetteer().words
    again = [name for name in seen if len(name) > 5 and name.lower() not in words]
    for name in again[:_MOST_ACCOUNTS]:
        yield from _again(reading.text, name)


def _again(text: str, name: str) -> Iterator[Span]:
    place = text.find(name)
    for _ in range(_MOST_PLACES):
        if place < 0:
            return
        end = place + len(name)
        before, after = text[place - 1 : place] if place else "", text[end : end + 1]
        if not (before.isalnum() or before in _JOINT or after.isalnum() or after in {"_", "@"}):
            yield Span(place, end, "USERNAME", 0.7)
        place = text.find(name, end)


def _accounts(reading: Reading) -> Iterator[Span]:
    text = reading.text
    for pattern in (_AT_NAME, _REDDITOR):
        for match in pattern.finditer(text):
            yield Span(*match.span("account"), "USERNAME", 0.95)
    for signs, pattern in ((_ACCOUNT_WORDS, _NAMED_ACCOUNT), (_SIGNED_ON_WORDS, _SIGNED_ON)):
        for place in reading.places(signs):
            introduced = pattern.match(reading.lower, place)
            if introduced is not None:
                yield from _as_account(text, *introduced.span("account"), named=pattern is _NAMED_ACCOUNT)
    yield from _near_a_platform(reading)
    yield from _coined(reading)
    yield from (Span(*match.span(), "USERNAME", 0.9) for match in _CROSSED.finditer(reading.lower))
    yield from _coded(text)


def _near_a_platform(reading: Reading) -> Iterator[Span]:
    """Two words joined by a point or an underscore, next to the name of a place where people have accounts."""
    for place in reading.places(_ACCOUNT_WORDS):
        for match in _JOINED_WORDS.finditer(reading.lower, max(0, place - 44), place + 44):
            if _BARE_LINK.search(match.group()) is None:
                yield Span(*match.span(), "USERNAME", 0.8)


def _coined(reading: Reading) -> Iterator[Span]:
    """Words run together, or with a capital inside, where somebody online is named or addressed."""
    reached = 0
    for place in sorted(reading.places(_ONLINE)):
        low = max(reached, place - _AROUND_ONLINE)
        reached = max(low, place + _AROUND_ONLINE)
        for match in _NAMED_ONLINE.finditer(reading.text, low, reached):
            if _is_coined(match["account"]):
                yield Span(*match.span("account"), "USERNAME", 0.7)


def _is_coined(account: str) -> bool:
    """A capital inside, as no name and no brand has it, or two or three words in one."""
    known = gazetteer()
    small = account.lower()
    if small in known.words or small in known.places or small in known.first or small in known.last:
        return False
    if _CAMEL.fullmatch(account):
        return not small.startswith(_NAME_PREFIXES)
    return account.islower() and len(account) > 7 and _are_words(account, 3)


def _are_words(letters: str, most: int) -> bool:
    """Whether the letters are at most so many common words of three letters or more, written as one."""
    words = gazetteer().words
    if letters in words or most == 1:
        return letters in words
    return any(letters[:size] in words and _are_words(letters[size:], most - 1) for size in range(3, len(letters) - 2))


def _as_account(text: str, start: int, end: int, *, named: bool) -> Iterator[Span]:
    account = text[start:end].rstrip(".-")
    end = start + len(account)
    words = gazetteer().words
    built = any(shape.fullmatch(account) for shape in (_CODED, _DOTTED)) or (
        _BUILT.fullmatch(account) is not None and not words.issuperset(account.lower().split("-"))
    )
    if account.islower() and len(account) > 5 and (named or _ONLINE_AS.search(text, max(0, start - 40), start)):
        built = built or account not in words
    introduced = named and text[start - 1 : start] in {"@", '"', "\u201c"}
    spelled_is = named and re.search(
        r"(?:name|handle|tag|id|alias|log-?in)s?(?: \w+){0,2} ?(?:is|was|be|:|=) ?$",
        text[max(0, start - 24) : start],
        re.IGNORECASE,
    )
    if account.count("-") == 1 and account.replace("-", "").isalpha() and not spelled_is:
        return  # who can handle time-sensitive things has no account of that name
    if len(account) > 2 and (built or introduced or (spelled_is and account not in {"not", "the", "a", "my"})):
        yield Span(start, end, "USERNAME", 0.95 if built else 0.8)


def _coded(text: str) -> Iterator[Span]:
    """Words such as `booknerd1238` and `luna_writes` that nobody writes but as an account."""
    seen = 0
    for sign in _MAYBE_CODED.finditer(text):
        if sign.start() < seen:
            continue
        window = text[max(0, sign.start() - 38) : sign.start()]
        start = sign.start() - (len(window) - len(window.rstrip(_HOST_SIGNS + "_")))
        match = _CODED.match(text, start)
        seen = match.end() if match else sign.end()
        if match is None or len(match.group()) < 5 or text[start - 1 : start] in {"@", "/", ".", "#"}:
            continue
        if _KNOWN_CODES.fullmatch(match.group()) is None and text[seen : seen + 1] not in {"@", "/"}:
            yield Span(start, seen, "USERNAME", 0.7)
