"""The page: draws and remembers, nothing else. What it shows is made in `rag/page.py`."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from rag import exports, figure_rows, page, page_sources, suggestions, word
from rag.conversations import LOCAL_USER, Conversation
from rag.errors import KeepingError, WenbaoError
from rag.exchanges import Exchange, answer_to_exchange
from rag.people import is_on_this_machine, user_key, user_name
from rag.records import Citation, Filters, Report
from rag.settings import Settings, load_settings
from rag.understand import filtered_reports
from rag.uploads import is_upload, safe_name, save_upload

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.conversations import Conversations
    from rag.feedback_box import FeedbackBox
    from rag.index import Index
    from rag.ingest import Ingest, Progress
    from rag.page_pictures import PagePictures
    from rag.picture_request import PagePicture

SUGGESTED, SUGGESTION_ATTEMPTS, SUGGESTION_REPORTS = 4, 14, 6
MAX_QUESTION_CHARACTERS = 1000
WATCH_SECONDS = 15
"""How often an open page looks for reports that others have added."""
CONVERSATION_PARAMETER = "c"
"""Names the open conversation in the page's address, so that reloading or sending the address opens it again."""
LISTED_CONVERSATIONS = 12
UPLOAD_TYPES = ["pdf", "docx", "txt", "md"]
STYLE = Path(__file__).parent / "rag" / "page.css"
SCRIPT = (Path(__file__).parent / "rag" / "page.js").read_text(encoding="utf-8")
ZOOMS = (1.0, 1.5, 2.0, 3.0)
"""Widths of a page's picture, in widths of the place it is shown in."""
SOURCE_WIDTH = 740
"""Pixels the place beside the answer takes where there is room."""
log = logging.getLogger("wenbao.page")


@dataclass(frozen=True, slots=True)
class Parts:
    """What all sessions of the server share."""

    settings: Settings
    index: Index
    ingest: Ingest
    pictures: PagePictures
    notices: deque[str] = field(default_factory=lambda: deque(maxlen=5))

    @property
    def uploads(self) -> Path:
        """Folder of the reports added on the page."""
        from rag.assembly import UPLOADS

        return self.settings.data / UPLOADS

    @property
    def conversations(self) -> Conversations:
        """What is kept of everyone's questions."""
        from rag.assembly import build_conversations

        return build_conversations(self.settings)

    @property
    def feedback(self) -> FeedbackBox:
        """What readers think of answers."""
        from rag.assembly import build_feedback_box

        return build_feedback_box(self.settings)


@st.cache_resource(show_spinner="正在打开索引……")
def open_parts(key: str, _settings: Settings) -> Parts:
    """The index and what works on it, opened once for each set of settings."""
    from rag.assembly import build_ingest, build_page_pictures, open_index

    notices: deque[str] = deque(maxlen=5)
    index = open_index(_settings, notices.append)
    return Parts(_settings, index, build_ingest(_settings, index), build_page_pictures(), notices)


def assistant_of(parts: Parts, model: str) -> Assistant:
    """The answerer of that alias over the shared index."""
    from rag.assembly import build_assistant

    return build_assistant(replace(parts.settings, model=model), parts.index)


@st.cache_resource(show_spinner="正在从报告里找几个可以问的问题……", max_entries=32)
def suggested_questions(key: tuple[Any, ...], _parts: Parts, _reports: Sequence[Report]) -> tuple[str, ...]:
    """Questions about these reports that were tried just now and answered rightly."""
    assistant, store = assistant_of(_parts, _parts.settings.model), _parts.index.store
    chosen = suggestions.interleaved(_reports)[:SUGGESTION_REPORTS]
    drawn = (suggestions.report_to_suggestions(r, store.sections(r.id), store.tables(r.id)) for r in chosen)
    return suggestions.answered_suggestions(suggestions.in_turn(drawn), assistant.ask, SUGGESTED, SUGGESTION_ATTEMPTS)


SCRIPTED = st.components.v2.component("wenbao-page", js=SCRIPT)


def main() -> None:
    """Draw the page once."""
    st.set_page_config(page_title="问报", page_icon="📖", layout="centered", initial_sidebar_state="auto")
    st.html(STYLE)
    st.html(f"<style>{page.theme_css(st.context.theme.type == 'dark')}</style>")
    memory = st.session_state
    memory.setdefault("pending", None)
    memory.setdefault("notices", [])
    memory.setdefault("visited", set())
    if "exchanges" not in memory:
        begin()
    try:
        viewer = viewer_key()
        if viewer is None:
            draw_login()
            return
        settings = load_settings()
        parts = open_parts(repr(settings), settings)
        draw(parts, viewer)
    except WenbaoError as error:
        draw_failure(str(error))
    except Exception:
        log.exception("page failed")
        draw_failure("页面出错了。请重试；如果仍然不行，请把运行 wenbao chat 的窗口里的提示发给维护者。")


def draw(parts: Parts, viewer: str) -> None:
    """Sidebar, conversation and input."""
    memory = st.session_state
    open_addressed(parts, viewer)
    reports = assistant_of(parts, parts.settings.model).reports()
    with st.sidebar:
        filters, model = draw_sidebar(parts, viewer, reports)
    watch_index(parts, parts.index.store.generation())
    busy = memory.pending is not None
    st.chat_input(
        "就这些报告提问……" if reports else "请先在左侧添加报告",
        key="question",
        max_chars=MAX_QUESTION_CHARACTERS,
        disabled=busy or not reports,
        on_submit=lambda: submit(memory.question),
    )
    if memory.conversation is not None and memory.conversation.owner != viewer:
        st.caption("这是别人分享给您的对话。继续提问会另存为您自己的一份，不会改动原来的。")
    welcome = st.empty()  # emptied by hand: what is merely no longer drawn stays until the answer is there
    if not memory.exchanges and not busy:
        with welcome.container():
            draw_welcome(parts, filtered_reports(reports, filters), reports)
    for number, exchange in enumerate(memory.exchanges):
        draw_exchange(parts, number, exchange)
        draw_actions(parts, viewer, number, exchange)
    if busy and reports:
        answer_pending(parts, viewer, assistant_of(parts, model), filters)
    SCRIPTED(key="wb-followed", data={"follow": True})
    for notice in [*drained(parts.notices), *drained(memory.notices)]:
        st.toast(page.escape_markdown(notice))


def viewer_key() -> str | None:
    """Whose conversations are shown: one local user's where no login is configured; None before a login."""
    claims = st.user.to_dict()
    if "is_logged_in" not in claims:
        return LOCAL_USER
    return user_key(claims) if claims["is_logged_in"] else None


def draw_login() -> None:
    """What stands in place of the page before a login."""
    st.html(page.login_html())
    with st.container(horizontal_alignment="center"):
        st.button("登录", type="primary", on_click=log_in)
    for notice in drained(st.session_state.notices):
        st.html(page.error_html(notice))


def log_in() -> None:
    """Go to the login service, or say why one cannot."""
    try:
        st.login()
    except Exception:  # Streamlit's own words are English and for whoever set it up
        log.exception("login failed")
        st.session_state.notices.append(
            "登录服务没有配置好：请管理员检查 .streamlit/secrets.toml 里的 [auth]，并安装 wenbao[login]。"
        )


def begin(conversation: Conversation | None = None, exchanges: Sequence[Exchange] = ()) -> None:
    """Show this conversation; an empty new one where none is given."""
    memory = st.session_state
    memory.conversation, memory.exchanges, memory.kept = conversation, list(exchanges), len(exchanges)
    memory.thread = memory.get("thread", 0) + 1  # widgets of one conversation are not those of another
    memory.ratings = {}
    if conversation is not None:
        memory.visited.add(conversation.id)


def start_anew() -> None:
    """Leave the conversation; it stays in the list."""
    begin()
    st.query_params.pop(CONVERSATION_PARAMETER, None)


def open_addressed(parts: Parts, viewer: str) -> None:
    """Show the conversation the address names, where that is another one than is shown."""
    memory = st.session_state
    if memory.setdefault("viewer", viewer) != viewer:  # somebody else has logged in meanwhile
        memory.viewer, memory.visited = viewer, set()
        start_anew()
    asked = st.query_params.get(CONVERSATION_PARAMETER)
    if memory.pending is not None or asked == (memory.conversation.id if memory.conversation else None):
        return
    if asked is None:
        begin()
        return
    try:
        found = parts.conversations.open(asked, viewer)
        ratings = parts.feedback.given(viewer, asked)
    except KeepingError as error:
        memory.notices.append(str(error))
        start_anew()
        return
    if found is None:
        memory.notices.append("打不开这段对话：它已被删除，或者没有分享给您。")
        start_anew()
        return
    begin(*found)
    memory.ratings = {number: (given.liked, given.reason) for number, given in ratings.items()}


def keep(parts: Parts, viewer: str) -> None:
    """Keep what is new of the conversation; where that fails, say so and go on without."""
    memory = st.session_state
    try:
        if memory.conversation is None or memory.conversation.owner != viewer:
            memory.conversation = parts.conversations.create(viewer, memory.exchanges)
            memory.visited.add(memory.conversation.id)
            memory.kept = len(memory.exchanges)
            st.query_params[CONVERSATION_PARAMETER] = memory.conversation.id
        for exchange in memory.exchanges[memory.kept :]:
            parts.conversations.append(memory.conversation.id, viewer, exchange)
            memory.kept += 1
    except KeepingError as error:
        memory.notices.append(str(error))


def draw_conversations(parts: Parts, viewer: str) -> None:
    """The viewer's conversations, and what can be done with the open one."""
    memory = st.session_state
    is_local = viewer != LOCAL_USER or is_on_this_machine(parts.settings.page_address, st.context.headers)
    try:
        # Nobody logs in, yet it may be anyone: each session sees only what it opened itself.
        kept = parts.conversations.of(viewer, None if is_local else memory.visited)
    except KeepingError as error:
        st.html(page.keeping_failed_html(str(error)))
        return
    if viewer != LOCAL_USER:
        st.button(
            f"退出登录（{page.escape_markdown(user_name(st.user.to_dict()))}）", type="tertiary", on_click=st.logout
        )
    if not kept:
        return
    st.html('<div class="wb-head">对话</div>')
    shown = kept if st.session_state.get("all-conversations") else kept[:LISTED_CONVERSATIONS]
    with st.container(key="wb-conversations"):
        for conversation in shown:
            draw_conversation(conversation)
    if len(kept) > LISTED_CONVERSATIONS:
        st.toggle(f"显示全部 {len(kept)} 段对话", key="all-conversations")
    if memory.conversation is not None and memory.conversation.id in {conversation.id for conversation in kept}:
        opened = next(item for item in kept if item.id == memory.conversation.id)
        with st.popover("管理这段对话", width="stretch", disabled=memory.pending is not None):
            draw_management(parts, viewer, opened)


def draw_conversation(conversation: Conversation) -> None:
    """One line of the list."""
    memory = st.session_state
    is_open = memory.conversation is not None and memory.conversation.id == conversation.id
    st.button(
        page.escape_markdown(conversation.title),
        key=f"conversation-{conversation.id}",
        type="secondary" if is_open else "tertiary",
        width="stretch",
        disabled=memory.pending is not None,
        on_click=lambda: st.query_params.update({CONVERSATION_PARAMETER: conversation.id}),
    )


def draw_management(parts: Parts, viewer: str, conversation: Conversation) -> None:
    """Name, link and deletion of the open conversation."""
    memory, identity = st.session_state, conversation.id
    name, shared = f"title-{identity}", f"shared-{identity}"
    change = parts.conversations
    st.text_input(
        "名称", conversation.title, key=name, on_change=lambda: tried(change.rename, identity, viewer, memory[name])
    )
    if viewer != LOCAL_USER:
        st.toggle(
            "允许其他登录用户用链接查看",
            conversation.is_shared,
            key=shared,
            on_change=lambda: tried(change.share, identity, viewer, memory[shared]),
        )
    st.html('<div class="wb-head">另存为</div>')
    draw_downloads(f"all-{identity}", conversation.title, memory.exchanges)
    st.html('<div class="wb-head">这段对话的链接</div>')
    st.code(f"{st.context.url or ''}?{CONVERSATION_PARAMETER}={identity}", language=None, wrap_lines=True)
    st.button("删除这段对话", icon=":material/delete:", on_click=delete, args=(parts, viewer, identity))


def delete(parts: Parts, viewer: str, identity: str) -> None:
    """Forget the open conversation."""
    if tried(parts.conversations.delete, identity, viewer):
        start_anew()


def tried(change: Callable[..., None], *arguments: Any) -> bool:
    """Whether the change could be kept; the viewer is told where it could not."""
    try:
        change(*arguments)
    except KeepingError as error:
        st.session_state.notices.append(str(error))
        return False
    return True


def draw_downloads(key: str, title: str, exchanges: Sequence[Exchange]) -> None:
    """Buttons that save the exchanges as Word and Markdown, and their figures as Excel and CSV."""

    def document() -> exports.Document:
        return exports.exchanges_to_document(title, exchanges)

    kinds: list[tuple[str, str, str, Callable[[], bytes]]] = [
        ("Word", "docx", word.MIME_TYPE, lambda: word.document_to_word(document())),
        ("Markdown", "md", "text/markdown", lambda: exports.document_to_markdown(document()).encode()),
    ]
    if any(exchange.answer and exchange.answer.figures for exchange in exchanges):
        kinds += [
            ("Excel（数字）", "xlsx", figure_rows.XLSX_TYPE, lambda: figure_rows.figures_to_xlsx(exchanges)),
            ("CSV（数字）", "csv", "text/csv", lambda: figure_rows.figures_to_csv(exchanges)),
        ]
    with st.container(horizontal=True):
        for label, ending, mime, content in kinds:
            name = safe_name(f"问报-{title}.{ending}")
            # made when it is asked for, and without drawing the page again
            st.download_button(label, content, name, mime, key=f"{ending}-{key}", on_click="ignore")


def draw_actions(parts: Parts, viewer: str, number: int, exchange: Exchange) -> None:
    """What can be done with an answer: think well or ill of it, and save it."""
    memory = st.session_state
    if not exchange.record:
        return
    with st.container(key=f"wb-actions-{number}", horizontal=True, vertical_alignment="center"):
        if memory.conversation is not None:
            draw_feedback(parts, viewer, number)
        with st.popover("导出", icon=":material/download:", disabled=memory.pending is not None):
            draw_downloads(f"{memory.thread}-{number}", exchange.question, [exchange])


def draw_feedback(parts: Parts, viewer: str, number: int) -> None:
    """Thumbs, and a place for the reason once one is chosen."""
    memory = st.session_state
    thumb, reason = f"thumb-{memory.thread}-{number}", f"reason-{memory.thread}-{number}"
    liked, said = memory.ratings.get(number, (None, ""))
    change = {"on_change": rate, "args": (parts, viewer, number, thumb, reason)}
    busy = memory.pending is not None
    default = None if liked is None else int(liked)
    if st.feedback("thumbs", key=thumb, default=default, disabled=busy, **change) is not None:
        hint = "哪里好，或者哪里不对？（可不填，回车保存）"
        st.text_input("原因", said, key=reason, placeholder=hint, label_visibility="collapsed", disabled=busy, **change)


def rate(parts: Parts, viewer: str, number: int, thumb: str, reason: str) -> None:
    """Keep what the viewer thinks of an answer, or forget it."""
    memory = st.session_state
    conversation, liked = memory.conversation.id, memory[thumb]
    if liked is None:
        tried(parts.feedback.withdraw, viewer, conversation, number)
    elif tried(
        parts.feedback.give, viewer, conversation, memory.exchanges, number, bool(liked), memory.get(reason) or ""
    ):
        st.session_state.notices.append("已记下您的评价，谢谢。")


def submit(question: str | None) -> None:
    """Remember the question that is to be answered next."""
    if question and question.strip() and st.session_state.pending is None:
        st.session_state.pending = question.strip()


def drained(notices: deque[str] | list[str]) -> list[str]:
    """The notices so far, which are then gone."""
    found = list(notices)
    notices.clear()
    return found


@st.fragment(run_every=WATCH_SECONDS)
def watch_index(parts: Parts, drawn: int) -> None:
    """Draw the page again when somebody has changed the reports since."""
    if st.session_state.pending is None and parts.index.store.generation() != drawn:
        st.rerun()


def draw_sidebar(parts: Parts, viewer: str, reports: Sequence[Report]) -> tuple[Filters, str]:
    """What may be set; gives the filters and the answerer."""
    st.html('<div class="wb-brand">问报</div>')
    memory = st.session_state
    idle = memory.pending is None
    disabled = not (memory.exchanges and idle)
    st.button("新对话", icon=":material/edit_square:", width="stretch", disabled=disabled, on_click=start_anew)
    draw_conversations(parts, viewer)
    filters = draw_filters(reports) if reports else Filters()
    if reports:
        draw_reports(parts, [report for report in reports if filtered_reports([report], filters)])
    draw_uploads(parts)
    choices = page.model_choices(parts.settings)
    st.html('<div class="wb-head">回答方式</div>')
    model = st.selectbox(
        "回答方式", choices, format_func=lambda a: page.MODEL_NAMES.get(a, a), label_visibility="collapsed", key="model"
    )
    return filters, model or choices[0]


def draw_filters(reports: Sequence[Report]) -> Filters:
    """College, year, kind and report; nothing chosen means all."""
    titles = {report.id: report.title for report in reports}
    st.html('<div class="wb-head">查找范围</div>')
    colleges = choose("院校", [r.college for r in reports if r.college], "全部院校")
    years = choose("年份", sorted({r.year for r in reports if r.year}, reverse=True), "全部年份")
    kinds = choose("类型", [r.kind.value for r in reports], "全部类型")
    chosen = choose("报告", [r.id for r in reports], "全部报告", lambda identity: titles[identity])
    return Filters(tuple(chosen), tuple(colleges), tuple(years), tuple(kinds))


def choose(label: str, options: Sequence[Any], placeholder: str, name: Callable[[Any], str] = str) -> list[Any]:
    """Some of the options; those that have gone since are forgotten."""
    known, key = list(dict.fromkeys(options)), f"filter-{label}"
    if key in st.session_state:
        st.session_state[key] = [option for option in st.session_state[key] if option in known]
    return st.multiselect(
        label, known, format_func=name, placeholder=placeholder, key=key, select_all=False, label_visibility="collapsed"
    )


def draw_reports(parts: Parts, reports: Sequence[Report]) -> None:
    """The reports the filters leave."""
    stats = parts.index.store.report_stats()
    with st.expander(f"报告 · {len(reports)} 份"):
        if not reports:
            st.html('<p class="wb-muted">没有符合条件的报告，请放宽查找范围。</p>')
        given = [report for report in reports if is_upload(Path(report.path), parts.uploads)]
        for report in given:
            st.html(page.report_html(report, stats.get(report.id)))
            st.button("移除", key=f"remove-{report.id}", type="tertiary", on_click=remove, args=(parts, report))
        others = "".join(page.report_html(report, stats.get(report.id)) for report in reports if report not in given)
        if others:
            st.html(others)


def remove(parts: Parts, report: Report) -> None:
    """Forget an uploaded report and its file."""
    try:
        parts.index.delete(report.id)
        Path(report.path).unlink(missing_ok=True)
    except (WenbaoError, OSError) as error:
        parts.notices.append(f"没能移除：{error}")


def draw_uploads(parts: Parts) -> None:
    """Take in what is uploaded, each file once, and say how it went."""
    results = st.session_state.setdefault("uploads", {})
    st.html('<div class="wb-head">添加报告</div>')
    files = st.file_uploader(
        "添加报告", type=UPLOAD_TYPES, accept_multiple_files=True, key="upload", label_visibility="collapsed"
    )
    fresh = [file for file in files if file.file_id not in results]
    for file in fresh:
        results[file.file_id] = take_in(parts, file)
    if fresh:
        st.rerun()
    st.html("".join(results[file.file_id] for file in files) or "<span></span>")


def take_in(parts: Parts, file: Any) -> str:
    """Read one uploaded file into the index; a file that cannot be read is not kept."""
    bar = st.progress(0.1, page.escape_markdown(f"正在读取 {file.name}"))
    path: Path | None = None
    is_new = False

    def show(progress: Progress) -> None:
        bar.progress(max(0.1, progress.done / progress.total), page.escape_markdown(f"正在读取 {progress.name}"))

    try:
        path, is_new = save_upload(parts.uploads, file.name, file.getvalue(), parts.settings.read_max_file_mb << 20)
        outcome = parts.ingest.run([path], on_progress=show)
        reasons = [reason for _, reason in outcome.failed]
        warnings = [warning for _, warning in outcome.warnings]
        done = "已在库中" if outcome.skipped else "已添加"
    except WenbaoError as error:
        reasons, warnings, done = [str(error)], [], ""
    except OSError as error:
        reasons, warnings, done = [f"文件存不下来（{error.strerror}）：请检查磁盘空间和权限。"], [], ""
    if reasons and path and is_new:
        path.unlink(missing_ok=True)
    return page.upload_html(file.name, done, reasons, warnings)


def draw_welcome(parts: Parts, chosen: Sequence[Report], reports: Sequence[Report]) -> None:
    """What the page is for, and questions to begin with; how to add reports where there are none."""
    st.html(page.welcome_html(reports))
    if not chosen:
        return
    key = (parts.index.store.generation(), str(parts.index.store.folder), *(report.id for report in chosen))
    try:
        questions = suggested_questions(key, parts, chosen)
    except Exception:  # the page is as good without them
        log.exception("suggestions failed")
        questions = ()
    if questions:
        st.html('<div class="wb-head wb-center">可以这样问</div>')
    with st.container(key="wb-suggestions"):
        for column, question in zip([*st.columns(2), *st.columns(2)], questions, strict=False):
            column.button(
                page.escape_markdown(question),
                key=f"ask-{question}",
                width="stretch",
                on_click=submit,
                args=(question,),
            )


def draw_exchange(parts: Parts, number: int, exchange: Exchange) -> None:
    """A question and its answer."""
    draw_question(number, exchange.question)
    with st.chat_message("assistant"):
        st.html(page.exchange_to_html(exchange, f"source-{number}"))
        draw_openers(parts, number, exchange)


def draw_openers(parts: Parts, number: int, exchange: Exchange) -> None:
    """A button for each citation that opens it where it is printed; its markers in the answer press it."""
    memory = st.session_state
    if exchange.answer is None or not exchange.answer.citations:
        return
    with st.container(key=f"wb-openers-{number}", horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.html('<span class="wb-caption">看原页</span>', width="content")
        for citation in exchange.answer.citations:
            label, key = page_sources.opener_label(citation), f"open-source-{number}-{citation.n}"
            if st.button(page.escape_markdown(label), key=key, disabled=memory.pending is not None):
                memory.leaf, memory.zoom = citation.page, 0
                show_source(parts, exchange, citation)


@st.dialog("出处", width=SOURCE_WIDTH, position="right")
def show_source(parts: Parts, exchange: Exchange, citation: Citation) -> None:
    """A citation where it is printed: the page of a PDF, else the passage it stands in."""
    st.html(page_sources.place_html(exchange, citation))
    request = page_sources.picture_request(exchange, citation, st.session_state.leaf, ZOOMS[st.session_state.zoom])
    if request is not None:
        with st.spinner("正在显示原页……", show_time=False):
            picture = parts.pictures.picture(request)
        draw_leafing(picture, citation)
        draw_picture(picture)
    st.html(page_sources.passage_html(exchange, citation, is_context_open=request is None))


def draw_leafing(picture: PagePicture, citation: Citation) -> None:
    """Which page is shown, and buttons to turn it and to bring it nearer."""
    leaf, zoom = picture.page, st.session_state.zoom
    with st.container(key="wb-leafing", horizontal=True, vertical_alignment="center", gap="xsmall"):
        _turner("上一页", ":material/chevron_left:", leaf > 1, leaf - 1, zoom)
        st.html(f'<span class="wb-leaf">{page_sources.picture_line(picture, citation)}</span>', width="content")
        _turner("下一页", ":material/chevron_right:", leaf < picture.page_count, leaf + 1, zoom)
        if leaf != citation.page:
            _turner("回到引文", ":material/my_location:", True, citation.page or 1, zoom)
        _turner("缩小", ":material/zoom_out:", zoom > 0, leaf, zoom - 1)
        _turner("放大", ":material/zoom_in:", zoom < len(ZOOMS) - 1, leaf, zoom + 1)


def _turner(name: str, icon: str, is_possible: bool, leaf: int, zoom: int) -> None:
    st.button(
        name, icon=icon, help=name, key=f"turn-{name}", disabled=not is_possible, on_click=turn, args=(leaf, zoom)
    )


def turn(leaf: int, zoom: int) -> None:
    """Show this page of the open source this near."""
    st.session_state.leaf, st.session_state.zoom = leaf, zoom


def draw_picture(picture: PagePicture) -> None:
    """The picture of a page, the marked place in sight."""
    if picture.note:
        st.html(page_sources.note_html(picture))
    if not picture.png:
        return
    zoom = ZOOMS[st.session_state.zoom]
    st.html(f"<style>.st-key-wb-paper {{ --wb-zoom: {zoom:.0%} }}</style>")
    with st.container(key="wb-paper"):
        st.image(picture.png, width="stretch", alt=page_sources.picture_words(picture))
    across, down = picture.marked_at
    SCRIPTED(key="wb-shown", data={"show": f"{picture.page}-{zoom}-{picture.located}", "across": across, "down": down})


def draw_question(number: int, question: str) -> None:
    """A question in its bubble."""
    with st.container(key=f"wb-question-{number}"), st.chat_message("user"):
        st.html(page.question_html(question))


def answer_pending(parts: Parts, viewer: str, assistant: Assistant, filters: Filters) -> None:
    """Answer the question that waits, showing how far it is, keep it, and draw the page again."""
    memory = st.session_state
    number = len(memory.exchanges)
    draw_question(number, memory.pending)
    with st.chat_message("assistant"), st.status(page.stage_line("")) as status:
        exchange = answered(
            assistant, memory.pending, filters, lambda stage: status.update(label=page.stage_line(stage))
        )
    memory.exchanges = [*memory.exchanges, exchange]
    memory.pending = None
    keep(parts, viewer)
    st.rerun()


def answered(assistant: Assistant, question: str, filters: Filters, on_stage: Callable[[str], None]) -> Exchange:
    """The exchange a question becomes; an error becomes one too, so that the conversation goes on."""
    history = [turn for exchange in st.session_state.exchanges for turn in exchange.turns]
    try:
        answer = assistant.ask(question, history, filters, on_stage)
        reports = {report.id: report for report in assistant.reports()}
        return answer_to_exchange(question, answer, reports, assistant.tables(answer.evidence), filters)
    except WenbaoError as error:
        return Exchange(question, failure=str(error))
    except Exception:
        log.exception("question failed: %r", question)
        return Exchange(question, failure="回答这个问题时程序出错了，请换个问法再试。")


def draw_failure(message: str) -> None:
    """Why there is no page, and a way to try again."""
    st.html(page.failure_html(message))
    with st.container(horizontal_alignment="center"):
        st.button("重试", type="primary")


main()
