"""The server of the page: `app.py` behind what guards it. `wenbao chat` runs it with `streamlit run server.py`."""

from starlette.middleware import Middleware
from streamlit.starlette import App

from rag.app.page_guard import PageGuard
from rag.settings.settings import PROJECT, load_settings

app = App(PROJECT / "app.py", middleware=[Middleware(PageGuard, shows_metrics=load_settings().page_metrics)])
