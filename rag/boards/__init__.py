"""A report's board: the indicators readers ask for, each figure with its name, scope, page and quote.

A figure is taken only where the whole of its label, or of its row's and column's, is a name of the indicator for the
school as a whole: what counts a college, a programme, a group, a plan or a standard is left out. What no figure is
found for is named. Everything shown has passed the gate.
"""

from rag.boards.comparing import Cell, Comparison, boards_to_comparison
from rag.boards.making import Board, BoardFigure, BoardLine, report_to_board
from rag.boards.summary import boards_to_summary, reports_to_choice
from rag.boards.wanted import Wanted, wanted_indicators

__all__ = [
    "Board",
    "BoardFigure",
    "BoardLine",
    "Cell",
    "Comparison",
    "Wanted",
    "boards_to_comparison",
    "boards_to_summary",
    "report_to_board",
    "reports_to_choice",
    "wanted_indicators",
]
