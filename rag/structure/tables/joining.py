"""Grids over pages as the tables a reader sees: joined over page breaks, with caption, unit, header and merges.

`printed` keeps every character where it is printed; what a merged cell covers, also over a page break, is told
only in `filled`. Where the page leaves open what belongs together, nothing is filled and the table warns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain

from rag.language.table_lines import is_caption, is_continued, is_unit_line, unit_of
from rag.language.text import matching_key, unique
from rag.records import Grid, Line, Page, TableRow
from rag.structure.tables.breaks import appended, filled_down
from rag.structure.tables.captions import Place, Surroundings, is_captioned, surroundings
from rag.structure.tables.headers import (
    begins_another,
    count_header_rows,
    is_title,
    shared_header,
    without_column_numbers,
)
from rag.structure.tables.parts import Part, rows_to_parts
from rag.structure.tables.rows import GridRow, grid_rows, table_rows
from rag.structure.tables.tabbed import tabbed_to_grids

MERGED_VALUE = "表中有数值印在合并单元格里，属于所合并的各行（列）共有，请对照原页核实。"
SMALL = 0.95
"""Share of the usual size of type below which a line is small print."""
EDGE = 5.0
"""Points by which the column borders of one table differ from page to page at most."""


@dataclass(frozen=True, slots=True)
class JoinedTable:
    """A table with what stands around it."""

    caption: str
    unit: str
    lines: tuple[str, ...]
    """What is printed of it above its rows: caption and unit, of a part its title."""
    note: str
    header_rows: int
    rows: tuple[TableRow, ...]
    warnings: tuple[str, ...]
    places: tuple[Place, ...]
    """(page index, item index) of all its grids and lines: the caption first, else in reading order; empty for a table
    that stands in one grid with the table before it."""


def join_tables(pages: Sequence[Page]) -> tuple[JoinedTable, ...]:
    """Every table of a file in reading order; each grid stands in exactly one of them."""
    gridded = tabbed_to_grids(pages)
    return tuple(
        replace(table, places=tuple(chain.from_iterable(gridded.origins[page][item] for page, item in table.places)))
        for table in _grids_to_tables(gridded.pages)
    )


def _grids_to_tables(pages: Sequence[Page]) -> list[JoinedTable]:
    taken: set[Place] = set()
    tables = []
    groups = _groups(pages)
    captions_below = not any(is_captioned(pages, group[0]) for group in groups)
    for group in groups:
        around = surroundings(pages, group[0], group[-1], taken, captions_below=captions_below)
        first, *parts = _joined(pages, group, around)
        taken.update(first.places)
        tables += [first, *parts]
    return tables


def row_text(row: TableRow) -> str:
    """A row as text: its printed cells, tabs between them, empty ones dropped."""
    return "\t".join(cell for cell in row.printed if cell)


def header_labels(rows: Sequence[TableRow], header_rows: int) -> tuple[str, ...]:
    """A label for every column, `` where the header has none; its levels are joined like 副高以上职称教师·人数."""
    levels = [without_column_numbers(row.filled) for row in rows[:header_rows]]
    named = [level for level in levels if len(set(level)) > 1 or len(level) == 1]
    width = max((len(row.filled) for row in rows), default=0)
    padded = [(*level, *[""] * (width - len(level))) for level in named]
    return tuple("·".join(unique(filter(None, labels))) for labels in zip(*padded, strict=True)) or ("",) * width


def _groups(pages: Sequence[Page]) -> list[list[Place]]:
    """The places of the grids and of the lines between them that make up one table each."""
    groups: list[list[Place]] = []
    for page_index, page in enumerate(pages):
        for item_index, item in enumerate(page.items):
            if not isinstance(item, Grid):
                continue
            place = (page_index, item_index)
            between = _between(pages, groups[-1][-1], place) if groups else None
            own = _lines_of_table(pages, groups[-1], between, place) if between is not None else None
            if own is not None:
                groups[-1] += [*own, place]
            else:
                groups.append([place])
    return groups


def _between(pages: Sequence[Page], last: Place, place: Place) -> list[Place] | None:
    """The lines between two grids, None where they are further apart than a page break."""
    if place[0] - last[0] > 1:
        return None
    if place[0] == last[0]:
        return [(place[0], item) for item in range(last[1] + 1, place[1])]
    rest = [(last[0], item) for item in range(last[1] + 1, len(pages[last[0]].items))]
    return rest + [(place[0], item) for item in range(place[1])]


def _lines_of_table(
    pages: Sequence[Page], group: Sequence[Place], between: Sequence[Place], place: Place
) -> list[Place] | None:
    """The lines, of those between a table and a grid, that say no more than that it goes on there; None where it does
    not. Small print at the foot of its page says nothing of it."""
    grids = [item for item in (_item(pages, at) for at in group) if isinstance(item, Grid)]
    grid = _item(pages, place)
    assert isinstance(grid, Grid)
    if not any(_fits(before, grid) for before in (grids[0], grids[-1])) or not _can_be_aligned([*grids, grid]):
        return None
    caption = _line_above(pages, group[0])
    lines = [(at, item) for at in between if isinstance(item := _item(pages, at), Line)]
    repeated = [at for at, item in lines if is_continued(item.text) or (caption and matching_key(item.text) == caption)]
    own = [at for at, item in lines if at in repeated or is_unit_line(item.text)]
    if repeated:
        return own if len(own) == len(lines) else None
    small = _small_print(pages, group[-1]) if place[0] != group[-1][0] else frozenset()
    alone = small.issuperset(at for at, _ in lines)
    return [] if alone and place[0] != group[-1][0] and _goes_on(grids[0], grids[-1], grid, bool(small)) else None


def _small_print(pages: Sequence[Page], last: Place) -> frozenset[Place]:
    """The lines below a grid where all down to the foot of its page are smaller than most of what is printed there."""
    lines = [item for item in pages[last[0]].items if isinstance(item, Line) and item.size]
    below = [(last[0], at) for at in range(last[1] + 1, len(pages[last[0]].items))]
    sizes = sorted((line.size, len(line.text)) for line in lines)
    reached = accumulate(length for _, length in sizes)
    half = sum(length for _, length in sizes) / 2
    usual = next((size for (size, _), so_far in zip(sizes, reached, strict=True) if so_far >= half), 0.0)
    items = [_item(pages, at) for at in below]
    small = all(isinstance(item, Line) and 0 < item.size < SMALL * usual for item in items)
    return frozenset(below) if small else frozenset()


def _item(pages: Sequence[Page], place: Place) -> Line | Grid:
    return pages[place[0]].items[place[1]]


def _line_above(pages: Sequence[Page], place: Place) -> str:
    """Matching key of the caption right above a table, `` where none is."""
    for item_index in range(place[1] - 1, max(-1, place[1] - 3), -1):
        item = pages[place[0]].items[item_index]
        if isinstance(item, Line) and is_caption(item.text):
            return matching_key(item.text)
    return ""


def _fits(before: Grid, grid: Grid) -> bool:
    """Whether two grids have the same columns, or those of one are among the other's.

    Columns told by the words in them shift from page to page: the same header over them is as good.
    """
    same_count = before.column_count == grid.column_count
    if not before.column_edges or not grid.column_edges:
        return same_count
    fewer, more = sorted((before.column_edges, grid.column_edges), key=len)
    if abs(fewer[0] - more[0]) > EDGE or abs(fewer[-1] - more[-1]) > EDGE:
        return False
    among = all(min(abs(edge - other) for other in more) <= EDGE for edge in fewer)
    return among or (same_count and shared_header(grid_rows(before, None, None), grid_rows(grid, None, None)) > 0)


def _goes_on(first: Grid, before: Grid, grid: Grid, noted: bool) -> bool:
    """Whether a grid that opens a page without a word above it repeats the header before it, or has none of its own:
    below notes only the former tells."""
    edges, columns = _finest((first, before, grid))
    rows, last, further = (grid_rows(_aligned(part, edges, columns), None, None) for part in (first, before, grid))
    heads = len(last) > 1 and is_title(last[-1])
    if shared_header(rows, further) > 0:
        return True
    return not noted and (before.open_bottom or heads or not begins_another(rows, further))


def _finest(grids: Sequence[Grid]) -> tuple[tuple[float, ...], int]:
    """Column borders and their number in the grid that has most."""
    finest = max(grids, key=lambda grid: (grid.column_count, bool(grid.column_edges)))
    return finest.column_edges, finest.column_count


def _can_be_aligned(grids: Sequence[Grid]) -> bool:
    """Whether the columns of grids can be told from each other's borders, or are as many."""
    edges, columns = _finest(grids)
    return all(grid.column_count == columns or (grid.column_edges and edges) for grid in grids)


def _joined(pages: Sequence[Page], group: Sequence[Place], around: Surroundings) -> list[JoinedTable]:
    """The grids of a group as one table, or as several where others begin among its rows."""
    grids = [(pages[place[0]], item) for place in group if isinstance(item := _item(pages, place), Grid)]
    edges, columns = _finest([grid for _, grid in grids])
    rows = [grid_rows(_aligned(grid, edges, columns), page.number, page.label) for page, grid in grids]
    repeated = [shared_header(rows[0], further) for further in rows[1:]]
    bare = [further[count:] for further, count in zip(rows[1:], repeated, strict=True)]
    told = max([grid.header_rows for _, grid in grids[:1]] + repeated)
    header = min(max([_header([*rows[0], *chain.from_iterable(bare)], told), *repeated]), len(rows[0]))
    joined, warnings = rows[0], list(chain.from_iterable(grid.warnings for _, grid in grids))
    starts: list[int] = []
    for (_, before), (_, grid), further, whole in zip(grids, grids[1:], bare, rows[1:], strict=False):
        if _names_anew(rows[0], whole, len(whole) - len(further)):
            starts.append(len(joined))
            joined = [*joined, *whole]
            continue
        joined, doubts = appended(joined, further, header, open_border=before.open_bottom or grid.open_top)
        warnings += doubts
    parts = rows_to_parts(joined, told=told, captioned=bool(around.caption), starts=starts)
    places = _ordered(around.caption, around.places, group)
    return _tables(parts, around, told, unique(warnings), places, flattened=not edges)


def _names_anew(rows: Sequence[GridRow], further: Sequence[GridRow], repeated: int) -> bool:
    """Whether the rest of a table has a header like the one above but for what it says: another year, another half."""
    corner = further[0].key[0] if further else ""
    alike = corner != "" and bool(rows) and corner == rows[0].key[0]
    return alike and count_header_rows(further) > repeated and begins_another(rows, further)


def _header(rows: Sequence[GridRow], told: int) -> int:
    """Header rows of some rows, whatever notes and further tables stand below."""
    return count_header_rows(rows_to_parts(rows, told=told, captioned=True)[0].rows, told=told)


def _tables(
    parts: Sequence[Part],
    around: Surroundings,
    told: int,
    warnings: tuple[str, ...],
    places: tuple[Place, ...],
    *,
    flattened: bool,
) -> list[JoinedTable]:
    tables: list[JoinedTable] = []
    for part in parts:
        own = around if not tables else Surroundings(unit=around.unit)
        header = count_header_rows(part.rows, told=max(0, told - len(part.lines)) if not tables else 0)
        rows = table_rows(filled_down(part.rows, header) if flattened else part.rows, header)
        merged = (MERGED_VALUE,) if any(row.merged for row in rows) else ()
        units = [unit for unit in (unit_of(cell) for row in rows[:header] for cell in row.printed[:1]) if unit]
        unit = part.unit or own.unit or next(iter(units), "")
        caption = own.caption or part.title or (tables[0].caption if tables else "")
        note = "\n".join(filter(None, (part.note, around.note if part is parts[-1] else "")))
        tables.append(
            JoinedTable(
                caption=caption,
                unit=unit,
                lines=(*own.lines, *part.lines),
                note=note,
                header_rows=header,
                rows=rows,
                warnings=(*warnings, *merged),
                places=places if not tables else (),
            )
        )
    return tables


def _ordered(caption: str, lines: Sequence[Place], group: Sequence[Place]) -> tuple[Place, ...]:
    """All places, the caption's first."""
    first = lines[:1] if caption else ()
    return (*first, *sorted(place for place in {*lines, *group} if place not in first))


def _aligned(grid: Grid, edges: tuple[float, ...], columns: int) -> Grid:
    """The grid with its cells counted in the columns of the finest grid of its table."""
    if grid.column_count == columns:
        return grid
    places = [min(range(len(edges)), key=lambda at: abs(edges[at] - edge)) for edge in grid.column_edges]
    cells = tuple(
        replace(
            cell,
            column=places[cell.column],
            column_span=places[cell.column + cell.column_span] - places[cell.column],
        )
        for cell in grid.cells
    )
    return replace(grid, cells=cells, column_count=columns, column_edges=edges)
