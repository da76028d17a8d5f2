"""A report as PDF, with fpdf2 (the extra `pdf`)."""

from fpdf import FPDF

from scribetree.tools.strategy._report import Bar, Document

__all__ = ["written"]


def written(document: Document) -> bytes:
    """The bytes of the PDF."""
    pdf = FPDF()
    pdf.set_title(_latin(document.title))
    pdf.set_auto_page_break(auto=True, margin=15)
    pdf.add_page()
    _write(pdf, document.title, 18, style="B")
    _write(pdf, document.subtitle, 10)
    for section in document.sections:
        _write(pdf, section.title, 14, style="B")
        for sentence in section.sentences:
            _write(pdf, f"- {sentence}", 10)
        _table(pdf, section.rows)
        for bar in section.bars:
            _bar(pdf, bar)
        for note in section.notes:
            _write(pdf, note, 8)
    return bytes(pdf.output())


def _write(pdf: FPDF, text: str, size: int, *, style: str = "") -> None:
    pdf.set_font("helvetica", "B" if style else "", size)
    pdf.multi_cell(0, size * 0.5, _latin(text), new_x="LMARGIN", new_y="NEXT")


def _table(pdf: FPDF, rows: tuple[tuple[str, ...], ...]) -> None:
    if not rows:
        return
    pdf.set_font("helvetica", size=8)
    with pdf.table(text_align="LEFT") as table:
        for row in rows:
            table.row(tuple(map(_latin, row)))


def _bar(pdf: FPDF, bar: Bar) -> None:
    pdf.set_font("helvetica", size=8)
    if pdf.get_y() > pdf.h - 25:
        pdf.add_page()
    y = pdf.get_y()
    pdf.cell(90, 5, _latin(bar.label[:55]))
    pdf.set_fill_color(43, 108, 176)
    pdf.rect(pdf.l_margin + 92, y + 1, 0.7 * bar.value, 3, style="F")
    pdf.set_xy(pdf.l_margin + 165, y)
    pdf.cell(20, 5, f"{bar.value:.1f}", new_x="LMARGIN", new_y="NEXT")


def _latin(text: str) -> str:
    """The text as the built-in fonts of PDF can show it; other letters become question marks."""
    plain = text.replace("\u201c", '"').replace("\u201d", '"').replace("\u2019", "'").replace("\u2013", "-")
    return plain.encode("latin-1", "replace").decode("latin-1")
