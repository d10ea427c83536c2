"""The page: which places it has. They are drawn by `rag/ui/`, and what they show is made in `rag/page.py`."""

from rag.app.ui import chat, reports
from rag.app.ui.frame import Place, draw_page

draw_page([Place("提问", "ask", chat.draw), Place("报告", "reports", reports.draw)])
