"""Typeset the digests of this folder into the sample reports one folder up.

Needs, besides the project's own development environment: WeasyPrint (with Pango), Chromium, fontconfig and the Noto
CJK fonts. Run from the root of the project: `uv run --with weasyprint python corpus/sources/typeset.py [NAME …]`.
Two engines are used on purpose, so that the samples are not all of one producer.
"""

from __future__ import annotations

import html
import shutil
import sys
import tempfile
from pathlib import Path

import weasyprint
from charts import draw_chart
from fonts import cut_fonts
from letter import write_letter
from markup import Block, Case, Cell, Chart, Contents, Digest, Heading, Paragraph, Table, read_digest
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.constants import PageLabelStyle
from scan import write_scan

HERE = Path(__file__).resolve().parent
ROMAN = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
STAMP = "D:20240115000000Z"


def main(names: list[str]) -> None:
    """Build the named sources, or all of them."""
    for source in sorted(HERE.glob("*.digest")):
        if names and source.stem not in names:
            continue
        digest = read_digest(source)
        target = HERE.parent / digest.meta["output"]
        if digest.meta["engine"] == "docx":
            write_letter(digest, target)
        else:
            write_pdf(digest, target)
        print(f"{target.name} {target.stat().st_size // 1024} KB")


def write_pdf(digest: Digest, target: Path) -> None:
    """Print a digest as PDF in a scratch folder, then set its metadata and page labels."""
    printer = print_with_chromium if digest.meta["engine"] == "chromium" else print_with_weasyprint
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        for name in ("common.css", f"{digest.meta['style']}.css"):
            shutil.copy(HERE / name, scratch)
        used = "".join(map(chr, range(32, 127))) + digest_to_html(digest, scratch, {}) + "—第页●　"
        (scratch / "fonts.css").write_text(cut_fonts(used, scratch), encoding="utf-8")
        printed = printer(digest, scratch)
        if digest.meta["engine"] == "scan":
            write_scan(printed, STAMP, target)
        else:
            finish(digest, printed, target)


def print_with_weasyprint(digest: Digest, scratch: Path) -> Path:
    """Print with WeasyPrint, which fills in the page numbers of the contents by itself."""
    page = scratch / "page.html"
    page.write_text(digest_to_html(digest, scratch, {}), encoding="utf-8")
    printed = scratch / "printed.pdf"
    weasyprint.HTML(filename=str(page)).write_pdf(printed)
    return printed


def print_with_chromium(digest: Digest, scratch: Path) -> Path:
    """Print with Chromium twice: the first run tells the pages for the contents."""
    page_file, printed = scratch / "page.html", scratch / "printed.pdf"
    labels: dict[str, str] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        for _ in range(2):
            page_file.write_text(digest_to_html(digest, scratch, labels), encoding="utf-8")
            page.goto(page_file.as_uri())
            page.pdf(path=printed, prefer_css_page_size=True, tagged=False, outline=False)
            labels = heading_labels(printed)
        browser.close()
    return printed


def heading_labels(printed: Path) -> dict[str, str]:
    """Return the printed page label of every heading that the contents link to."""
    places = first_pages(PdfReader(printed))
    first = first_body_page(places)
    return {name: str(page - first + 1) if page >= first else ROMAN[page + 1] for name, page in places.items()}


def first_pages(reader: PdfReader) -> dict[str, int]:
    """Return the physical page index of every place that a link of a PDF leads to."""
    found = {name: reader.get_destination_page_number(place) for name, place in reader.named_destinations.items()}
    return {name.lstrip("/"): page for name, page in found.items() if page is not None}


def first_body_page(places: dict[str, int]) -> int:
    """Return the index of the first page after the front matter, 0 where there is none."""
    return min((page for name, page in places.items() if name.startswith("body")), default=0)


def finish(digest: Digest, printed: Path, target: Path) -> None:
    """Write the PDF with its title, a fixed date, and page labels where its style asks for them."""
    reader = PdfReader(printed)
    writer = PdfWriter(clone_from=reader)
    kept = {name: str(value) for name, value in (reader.metadata or {}).items() if name in ("/Producer", "/Creator")}
    writer.metadata = {**kept, "/Title": digest.meta["title"], "/CreationDate": STAMP, "/ModDate": STAMP}
    first = first_body_page(first_pages(reader))
    if digest.meta["engine"] == "chromium" and first:
        writer.set_page_label(0, first - 1, style=PageLabelStyle.LOWERCASE_ROMAN)
        writer.set_page_label(first, len(reader.pages) - 1, style=PageLabelStyle.DECIMAL)
    writer.compress_identical_objects()
    for page in writer.pages:
        page.compress_content_streams()
    writer.write(target)


def digest_to_html(digest: Digest, scratch: Path, labels: dict[str, str]) -> str:
    """Return the whole page; `labels` are the page labels for the contents, where they are known."""
    meta = digest.meta
    headings = name_headings(digest.blocks)
    parts = [cover_to_html(digest)]
    for index, block in enumerate(digest.blocks):
        if isinstance(block, Contents):
            parts.append(contents_to_html(headings, labels))
        else:
            parts.append(block_to_html(block, scratch, headings.get(index, ("", ""))[0]))
    style = f"<style>{running_style(meta['running'])}</style>"
    sheets = ("fonts", "common", meta["style"])
    links = "".join(f'<link rel="stylesheet" href="{sheet}.css">' for sheet in sheets)
    title = html.escape(meta["title"])
    head = f'<meta charset="utf-8"><title>{title}</title>{links}{style}'
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{"".join(parts)}</body></html>'


def running_style(running: str) -> str:
    """Return the rules that put the running head on the pages after the cover."""
    return "".join(f'@page {part} {{ @top-center {{ content: "{running}" }} }}' for part in ("front", "body", "wide"))


def name_headings(blocks: list[Block]) -> dict[int, tuple[str, Heading]]:
    """Name each heading by the part it stands in: `front3`, `body12`."""
    named: dict[int, tuple[str, Heading]] = {}
    part = "front"
    for index, block in enumerate(blocks):
        if isinstance(block, Heading):
            part = block.part if block.part in ("front", "body") else part
            named[index] = (f"{part}{index}", block)
    return named


def cover_to_html(digest: Digest) -> str:
    """Return the cover, or the masthead of a briefing."""
    meta = digest.meta
    if "masthead" in meta:
        line = "".join(f"<span>{html.escape(text)}</span>" for text in meta["masthead_line"])
        return f'<header class="masthead"><div>{meta["masthead"]}</div><p>{line}</p></header>'
    lines = "".join(f"<div>{html.escape(line)}</div>" for line in meta["cover"])
    foot = "".join(f"<p>{html.escape(line)}</p>" for line in meta["cover_foot"])
    return f'<section class="cover"><div class="title">{lines}</div><div class="foot">{foot}</div></section>'


def contents_to_html(headings: dict[int, tuple[str, Heading]], labels: dict[str, str]) -> str:
    """Return the contents: first and second level, the third too where headings are numbered 1.1.1."""
    lines = []
    for name, heading in headings.values():
        numbered = heading.text[0].isdigit() and heading.text.count(".") == 2
        if heading.part == "plain" or heading.text == "摘编说明" or (heading.level > 2 and not numbered):
            continue
        text = html.escape(heading.text)
        dots = f'<span class="dots">{"." * 160}</span><span class="number">{labels.get(name, "0")}</span>'
        lines.append(f'<a class="entry level{heading.level}" href="#{name}"><span>{text}</span>{dots}</a>')
    return f'<section class="contents"><h1>目　录</h1>{"".join(lines)}</section>'


def block_to_html(block: Block, scratch: Path, name: str) -> str:
    """Return one block as HTML."""
    match block:
        case Heading():
            return f'<h{block.level} id="{name}" class="{block.part}">{html.escape(block.text)}</h{block.level}>'
        case Paragraph():
            return f'<p class="{block.kind}">{html.escape(block.text)}</p>'
        case Table():
            return table_to_html(block)
        case Chart():
            file = f"chart{sum(map(ord, block.caption))}.png"
            draw_chart(block, scratch / file)
            return f'<figure><img src="{file}"><figcaption>{html.escape(block.caption)}</figcaption></figure>'
        case Case():
            inner = "".join(block_to_html(child, scratch, "") for child in block.blocks)
            return f'<section class="case"><p class="title">{html.escape(block.title)}</p>{inner}</section>'
        case _:
            raise TypeError(f"no HTML for {block!r}")


def table_to_html(table: Table) -> str:
    """Return a table with its caption, unit line and source; with `repeat=no` its header stands once and rows may split."""
    widths = table.options.get("widths", "")
    columns = "".join(f'<col style="width:{width}%">' for width in widths.split(",") if width)
    rows = [row_to_html(row, "th" if index < table.header_rows else "td") for index, row in enumerate(table.rows)]
    head, body = "".join(rows[: table.header_rows]), "".join(rows[table.header_rows :])
    loose = table.options.get("repeat") == "no"
    inner = f"<tbody>{head}{body}</tbody>" if loose else f"<thead>{head}</thead><tbody>{body}</tbody>"
    unit = f'<p class="unit">{table.options["unit"]}</p>' if "unit" in table.options else ""
    source = f'<p class="source">{table.options["source"]}</p>' if "source" in table.options else ""
    caption = f'<p class="caption">{html.escape(table.caption)}</p>'
    kind = " ".join(filter(None, ("loose" if loose else "firm", table.options.get("rules"))))
    grid = f'<table class="{kind}"><colgroup>{columns}</colgroup>{inner}</table>'
    return f"{caption}{unit}{grid}{source}"


def row_to_html(row: list[Cell | None], tag: str) -> str:
    """Return one row, leaving out the places that a spanning cell covers."""
    cells = [
        f'<{tag} rowspan="{cell.rows}" colspan="{cell.columns}">{html.escape(cell.text)}</{tag}>'
        for cell in row
        if cell
    ]
    return f"<tr>{''.join(cells)}</tr>"


if __name__ == "__main__":
    main(sys.argv[1:])
