"""A report as a value, and the same report in Markdown, HTML, JSON and (with the extra `pdf`) PDF, with its charts."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape

from scribetree.errors import InvalidInput
from scribetree.tools.strategy._answer import Analysis, Figure

__all__ = ["Bar", "Document", "Section", "as_html", "as_json", "as_markdown", "as_pdf", "section_of"]

_MOST_BARS = 40
_BAR_CELLS = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: its share of 100, with an interval where there is one."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: sentences, a table whose first row is its head, and bars from 0 to 100."""

    title: str
    sentences: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    bars: tuple[Bar, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]


def section_of(analysis: Analysis, *, most: int = 40) -> Section:
    """An analysis as a section: findings as sentences, figures as a table, percentages as bars, the rest as notes."""
    head = ("Of", "What", "Value", "Interval", "How")
    rows = [
        (each.subject, each.measure, _value(each), _interval(each), each.method) for each in analysis.figures[:most]
    ]
    bars = [
        Bar(f"{each.subject}: {each.measure}", float(each.value), _number(each.low), _number(each.high))
        for each in analysis.figures
        if isinstance(each.value, float | int) and each.unit.startswith(("%", "of 100")) and 0 <= each.value <= 100
    ]
    more = len(analysis.figures) - len(rows)
    return Section(
        analysis.title,
        tuple(f"{each.subject}: {each.statement} {each.next_step}".strip() for each in analysis.findings[:most]),
        (head, *rows) if rows else (),
        tuple(bars[:_MOST_BARS]),
        (
            *(f"Method: {each}" for each in analysis.methods),
            *(f"Assumed: {each}" for each in analysis.assumptions),
            *(f"To enter: {each}" for each in analysis.missing[:most]),
            *((f"{more} more figures are not shown.",) if more else ()),
        ),
    )


def as_markdown(document: Document) -> str:
    """The report in Markdown; bars are drawn with characters."""
    lines = [f"# {_md(document.title)}", "", _md(document.subtitle), ""]
    for section in document.sections:
        lines += [f"## {_md(section.title)}", ""]
        lines += [f"- {_md(sentence)}" for sentence in section.sentences]
        lines += [""] * bool(section.sentences)
        if section.rows:
            head, *body = section.rows
            lines += [_md_row(head), "|" + "---|" * len(head), *map(_md_row, body), ""]
        if section.bars:
            lines += [
                "```text",
                *(
                    f"{'#' * round(bar.value / 100 * _BAR_CELLS):<{_BAR_CELLS}} {bar.value:5.1f}  {bar.label}"
                    for bar in section.bars
                ),
                "```",
                "",
            ]
        lines += [f"*{_md(note)}*  " for note in section.notes]
        lines += [""] * bool(section.notes)
    return "\n".join(lines).rstrip() + "\n"


def as_html(document: Document) -> str:
    """The report as one HTML page that loads nothing; charts are inline SVG."""
    parts = [f"<h1>{escape(document.title)}</h1>", f"<p>{escape(document.subtitle)}</p>"]
    for section in document.sections:
        parts.append(f"<h2>{escape(section.title)}</h2>")
        if section.sentences:
            parts.append("<ul>" + "".join(f"<li>{escape(each)}</li>" for each in section.sentences) + "</ul>")
        if section.rows:
            head, *body = section.rows
            parts.append(
                "<table><thead>"
                + _html_row(head, "th")
                + "</thead><tbody>"
                + "".join(_html_row(row, "td") for row in body)
                + "</tbody></table>"
            )
        if section.bars:
            parts.append(_svg(section.bars))
        parts += [f"<p class='note'>{escape(each)}</p>" for each in section.notes]
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(document.title)}</title><style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def as_json(document: Document) -> str:
    """The report's parts as JSON."""
    return json.dumps(asdict(document), indent=1, ensure_ascii=False) + "\n"


def as_pdf(document: Document) -> bytes:
    """The report as a PDF; without the extra `pdf` InvalidInput says how to get it."""
    try:
        from scribetree.tools.strategy._pdf import written  # noqa: PLC0415 - needs an extra
    except ImportError:
        raise InvalidInput("A PDF needs the extra `pdf`.", hint="Install scribetree[pdf], or ask for html.") from None
    return written(document)


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #ccc;padding:.3rem .5rem;text-align:left}"
    ".note{color:#555;font-size:.85rem;margin:.2rem 0}svg{width:100%;height:auto}"
    "@media(prefers-color-scheme:dark){body{background:#161616;color:#eee}.note{color:#aaa}th,td{border-color:#444}}"
)


def _svg(bars: Sequence[Bar]) -> str:
    height = 26 * len(bars)
    drawn = "".join(
        f"<text x='0' y='{26 * row + 17}' font-size='12' fill='currentColor'>{escape(bar.label[:60])}</text>"
        f"<rect x='400' y='{26 * row + 5}' width='{3 * bar.value:.1f}' height='14' fill='#2b6cb0'/>"
        + _svg_interval(bar, 26 * row + 12)
        + f"<text x='710' y='{26 * row + 17}' font-size='12' fill='currentColor'>{bar.value:.1f}</text>"
        for row, bar in enumerate(bars)
    )
    return f"<svg role='img' aria-label='Bars from 0 to 100' viewBox='0 0 760 {height}'>{drawn}</svg>"


def _svg_interval(bar: Bar, y: int) -> str:
    if bar.low is None or bar.high is None:
        return ""
    ends = (400 + 3 * max(0.0, bar.low), 400 + 3 * min(100.0, bar.high))
    return f"<line x1='{ends[0]:.1f}' x2='{ends[1]:.1f}' y1='{y}' y2='{y}' stroke='#c05621' stroke-width='2'/>"


def _value(each: Figure) -> str:
    is_whole = isinstance(each.value, float) and each.method == "count" and each.value.is_integer()
    shown = each.value if isinstance(each.value, str) else f"{each.value:,.{0 if is_whole else 2}f}"
    return f"{shown} {each.unit}".strip() if each.unit != "date" else shown


def _interval(each: Figure) -> str:
    if each.low is None or each.high is None:
        return ""
    low, high = (end if isinstance(end, str) else f"{end:,.2f}" for end in (each.low, each.high))
    return f"{low} to {high}" + (f" ({100 * each.level:.0f} %)" if each.level and each.level < 1 else "")


def _number(end: float | str | None) -> float | None:
    return end if isinstance(end, float | int) else None


def _md(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def _md_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_md, cells)) + " |"


def _html_row(cells: Sequence[str], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"
