"""Reports in four formats, and figures for a board or a file."""

import base64
import csv
import io
import json
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from pydantic import Field

from scribetree.errors import Denied, InvalidInput
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.kit import READS, WRITES_ONCE, Caller, Means, Toolbox
from scribetree.servers.strategy._analytics import Areas
from scribetree.servers.strategy._arguments import PLANNERS, Day, EntryId, Listing, Row, bounded_rows
from scribetree.servers.strategy._desk import Desk
from scribetree.tools import strategy
from scribetree.tools.strategy import Analysis, Plan, Report, ReportDocument, ReportType

__all__ = ["tools"]

tools = Toolbox("reporting")

Format = Literal["markdown", "html", "pdf", "json"]
_MOST_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """A report and its content, which is Base64 where the format is pdf."""

    id: str
    title: str
    format: Format
    encoding: Literal["text", "base64"]
    content: str


@dataclass(frozen=True, slots=True)
class ExportedData:
    """Entries in one format, and how many there are."""

    format: Literal["json", "csv", "markdown"]
    entries: int
    content: str


@tools.add(title="Generate a strategic report", hints=WRITES_ONCE, roles=PLANNERS)
def generate_strategic_report(
    type: ReportType,  # noqa: A002 - the origin's name of the argument
    period_start: Day,
    period_end: Day,
    caller: Caller,
    means: Means,
    format: Format = "markdown",  # noqa: A002 - as above
    include_confidential: bool = False,
    recipients: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=30)] = [],  # noqa: B006 - the schema's default
) -> WrittenReport:
    """
    Write a report of a period with its charts, in Markdown, HTML, PDF or JSON, and keep it.

    Use it for a document to hand out. It computes at the moment it is called; decisions are in it only with
    `include_confidential`, which administrators alone may ask for. It is sent to nobody.
    """
    if include_confidential and caller.requester_type not in {"administrator", "system"}:
        raise Denied("Confidential reports are for administrators.", hint="Leave `include_confidential` out.")
    if period_end < period_start:
        raise InvalidInput("`period_end` is before `period_start`.", hint="Give the earlier day first.")
    desk = Desk.of(means, caller)
    document = strategy.strategic_report(
        desk.plan(), desk.today, kind=type, start=period_start, end=period_end, confidential=include_confidential
    )
    content, encoding = _written(document, format)
    markdown = strategy.as_markdown(document)
    saved = desk.add(
        Report(
            "",
            type,
            document.title,
            period_start,
            period_end,
            desk.today,
            format,
            include_confidential,
            markdown[:100_000],
            tuple(recipients),
        )
    )
    return WrittenReport(saved.id, document.title, format, encoding, content)


@tools.add(title="Get a strategic report", hints=READS, roles=PLANNERS)
def get_strategic_report(report_id: EntryId, caller: Caller, means: Means) -> WrittenReport:
    """
    Give a report again as it was written, in Markdown.

    Use it to read an old report. A new one of the same period is made with generate_strategic_report.
    """
    report = Desk.of(means, caller).get(Report, report_id)
    _check_may_read(report, caller)
    return WrittenReport(report.id, report.title, "markdown", "text", report.markdown)


@tools.add(title="List strategic reports", hints=READS, roles=PLANNERS)
def list_strategic_reports(
    caller: Caller,
    means: Means,
    type: ReportType | None = None,  # noqa: A002 - the origin's name of the argument
    start_date: Day | None = None,
    end_date: Day | None = None,
) -> Listing:
    """
    List the reports that were made, newest first, by type and by the day on which they were made.

    Use it to find an old report; get_strategic_report gives it. Confidential ones are listed for administrators only.
    """
    found = [
        Row(each.id, each.title, each.type, f"{each.period_start} to {each.period_end}, made on {each.created_on}")
        for each in Desk.of(means, caller).plan().reports.values()
        if type in {None, each.type}
        and (start_date is None or each.created_on >= start_date)
        and (end_date is None or each.created_on <= end_date)
        and _may_read(each, caller)
    ]
    return bounded_rows(found, 200)


@tools.add(title="Generate quick insights", hints=READS, roles=PLANNERS)
def generate_quick_insights(
    timeframe: Annotated[int, Field(ge=1, le=366, description="Days to look back.")],
    caller: Caller,
    means: Means,
    focus_areas: Areas = ["health", "gaps"],  # noqa: B006 - the schema's default
) -> Analysis:
    """
    Count what happened in the last days and give the gravest findings of the areas asked for.

    Use it for a short answer in a talk. generate_executive_insights_brief gives more.
    """
    desk = Desk.of(means, caller)
    plan = desk.plan()
    parts = strategy.areas(plan, desk.today, focus_areas)
    return strategy.quick_insights(plan, desk.today, days=timeframe, parts=parts)


@tools.add(title="Export report data", hints=READS, roles=PLANNERS)
def export_report_data(
    format: Literal["json", "csv", "markdown"],  # noqa: A002 - the origin's name of the argument
    caller: Caller,
    means: Means,
    report_id: EntryId | None = None,
    include_raw_data: bool = False,
) -> ExportedData:
    """
    Export a kept report, or the plan itself: as figures, or with `include_raw_data` every entry.

    Use it to take the plan elsewhere. Decisions and confidential reports are exported for administrators only.
    """
    desk = Desk.of(means, caller)
    if report_id:
        report = desk.get(Report, report_id)
        _check_may_read(report, caller)
        return ExportedData(format, 1, report.markdown if format == "markdown" else _rows([asdict(report)], format))
    plan = desk.plan()
    rows = (
        _entries(plan, caller)
        if include_raw_data
        else [asdict(each) for each in strategy.goal_analytics(plan, desk.today).figures]
    )
    content = _rows(rows, format)
    if len(content) > _MOST_CHARACTERS:
        raise InvalidInput(
            f"The export would be longer than {_MOST_CHARACTERS} characters.",
            hint="Export a report instead of the raw entries.",
        )
    return ExportedData(format, len(rows), content)


@tools.add(title="Generate dashboard metrics", hints=READS, roles=PLANNERS)
def generate_dashboard_metrics(
    timeframe: Annotated[int, Field(ge=1, le=366, description="Days to look back.")], caller: Caller, means: Means
) -> Analysis:
    """
    Give the few figures that a board shows: goals, progress, pace, health, what is overdue.

    Use it to feed a display. generate_strategic_dashboard gives whole areas with their findings.
    """
    desk = Desk.of(means, caller)
    return strategy.dashboard_metrics(desk.plan(), desk.today, days=timeframe)


def _written(document: ReportDocument, wanted: Format) -> tuple[str, Literal["text", "base64"]]:
    if wanted == "pdf":
        content, encoding = base64.b64encode(strategy.as_pdf(document)).decode(), "base64"
    else:
        write = {"markdown": strategy.as_markdown, "html": strategy.as_html, "json": strategy.as_json}[wanted]
        content, encoding = write(document), "text"
    if len(content) > _MOST_CHARACTERS:
        raise InvalidInput("The report would be too long for one answer.", hint="Ask for a shorter type of report.")
    return content, "base64" if encoding == "base64" else "text"


def _entries(plan: Plan, caller: PrivacyContext) -> list[dict[str, object]]:
    kinds = (
        "conversations",
        "insights",
        "decisions",
        "actions",
        "goals",
        "milestones",
        "sessions",
        "triggers",
        "reviews",
        "contexts",
    )
    hidden = () if caller.requester_type in {"administrator", "system"} else ("decisions",)
    return [
        {"kind": kind, **asdict(each)} for kind in kinds if kind not in hidden for each in getattr(plan, kind).values()
    ]


def _rows(rows: list[dict[str, object]], wanted: Literal["json", "csv", "markdown"]) -> str:
    if wanted == "json":
        return json.dumps(rows, indent=1, default=str, ensure_ascii=False)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[_cell(row.get(name)) for name in columns] for row in rows]
    if wanted == "csv":
        written = io.StringIO()
        csv.writer(written).writerows([columns, *cells])
        return written.getvalue()
    section = strategy.Section("Entries", rows=(tuple(columns), *map(tuple, cells)))
    return strategy.as_markdown(ReportDocument("Export", f"{len(rows)} entries", (section,)))


def _cell(value: object) -> str:
    """The value as a cell; one that a spreadsheet would take for a formula is marked as text."""
    text = (
        "" if value is None else value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    )
    return (
        f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not isinstance(value, int | float) else text
    )


def _may_read(report: Report, caller: PrivacyContext) -> bool:
    return not report.confidential or caller.requester_type in {"administrator", "system"}


def _check_may_read(report: Report, caller: PrivacyContext) -> None:
    if not _may_read(report, caller):
        raise Denied("Confidential reports are for administrators.", hint="Ask an administrator.")
