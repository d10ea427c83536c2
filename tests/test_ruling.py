"""`rag.readers.pdf.ruling`: lattices of many rules."""

from __future__ import annotations

import pytest

from rag.readers.pdf import ruling
from rag.readers.pdf.ruling import Rule, rules_to_lattices

PITCH = 20.0


def lattice_rules(rows: int, columns: int, top: float = 10.0) -> tuple[list[Rule], list[Rule]]:
    """The rules of a table, each as long as the table is wide or high."""
    bottom, right = top + PITCH * rows, 10 + PITCH * columns
    across = [Rule(top + PITCH * row, 10, right) for row in range(rows + 1)]
    return across, [Rule(10 + PITCH * column, top, bottom) for column in range(columns + 1)]


def test_tables_below_each_other_are_lattices_of_their_own() -> None:
    upper, lower = lattice_rules(3, 4), lattice_rules(2, 5, top=300)
    lattices = rules_to_lattices(upper[0] + lower[0], upper[1] + lower[1])
    assert [(len(one.row_edges), len(one.column_edges), len(one.regions)) for one in lattices] == [
        (4, 5, 12),
        (3, 6, 10),
    ]


def test_the_rules_of_a_lattice_are_not_all_looked_at_for_each_of_its_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    ruled = ruling._ruled

    def counted(rules: list[Rule], tracks: list[float]) -> list[bool]:
        seen.append(len(rules))
        return ruled(rules, tracks)

    monkeypatch.setattr(ruling, "_ruled", counted)
    counts = []
    for size in (40, 80):
        seen.clear()
        rules_to_lattices(*lattice_rules(size, size))
        counts.append(sum(seen))
    assert counts[1] <= 2.1 * counts[0]  # four times the cells, twice the rules
