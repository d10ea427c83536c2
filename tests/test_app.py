from __future__ import annotations

from pathlib import Path

import pytest
from page_samples import OTHER_REPORT, PDF_COLLEGE, REPORT, build_index, write_pdf_report, write_reports
from streamlit.testing.v1 import AppTest

from rag.app.ui.memory import Waiting
from rag.records import AnswerStatus

APP = Path(__file__).parents[1] / "app.py"
QUESTION = "青石职业技术学院2023届毕业生就业率是多少？"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds two reports; no test changes it."""
    folder = tmp_path_factory.mktemp("filled")
    build_index(folder / "data", write_reports(folder / "reports", a=REPORT, b=OTHER_REPORT))
    return folder / "data"


def open_page(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("WENBAO_DATA", str(data))
    return AppTest.from_file(str(APP), default_timeout=60).run()


def html(page: AppTest) -> str:
    """All HTML on the page, styles aside."""
    bodies = [element.proto.body for element in page.get("html")]
    return "".join(body for body in bodies if not body.startswith("<style"))


def scope(page: AppTest) -> str:
    """The line that says what is searched."""
    return next(block.proto.popover.label for block in page.get("popover") if "tune" in block.proto.popover.icon)


def ask(page: AppTest, question: str) -> AppTest:
    return page.chat_input(key="question").set_value(question).run()


def test_first_screen_suggests_questions_of_the_reports(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(filled, monkeypatch)
    assert not page.exception
    assert "已收录 2 份报告 · 2 个单位 · 2022—2023 年" in html(page)
    suggested = [button for button in page.button if button.key and button.key.startswith("ask-")]
    assert len(suggested) == 4
    suggested[0].click().run()
    assert len(page.session_state.exchanges) == 1
    assert "wb-answered" in html(page)


def test_answers_are_cited_and_remembered(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ask(open_page(filled, monkeypatch), QUESTION)
    assert "<strong>95.27%</strong>" in html(page)
    assert "<mark>95.27%</mark>" in html(page)
    assert not page.chat_input(key="question").disabled
    ask(page, "专业对口率呢？")
    assert "理解为：" in html(page)
    assert "78.4%" in page.session_state.exchanges[1].text
    assert len(page.chat_message) == 4
    next(button for button in page.button if button.label == "新对话").click().run()
    assert len(page.chat_message) == 0


def test_a_citation_opens_where_it_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = write_reports(tmp_path / "reports", a=REPORT)
    pdf = write_pdf_report(reports / "p.pdf")
    build_index(tmp_path / "data", reports)
    page = ask(open_page(tmp_path / "data", monkeypatch), f"{PDF_COLLEGE}2023届毕业生就业率是多少？")
    page.button(key="open-source-0-1").click().run()
    assert "第 2 页 / 共 3 页" in html(page)
    assert len(page.get("image")) == 1
    assert page.button(key="turn-缩小").disabled
    assert not page.button(key="turn-上一页").disabled
    pdf.unlink()
    page.button(key="open-source-0-1").click().run()
    assert "文件不存在" in html(page)
    assert not page.get("image")
    ask(page, QUESTION)
    page.button(key="open-source-1-1").click().run()
    assert 'class="wb-context" open' in html(page)
    assert not page.exception


def test_what_is_not_there_is_said_calmly(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ask(open_page(filled, monkeypatch), "青石职业技术学院食堂的土豆丝多少钱一份？")
    assert "wb-not-found" in html(page)
    assert "<strong>" not in html(page)
    assert not page.exception


@pytest.mark.parametrize(("label", "choice"), [("院校", "白河职业技术学院"), ("年份", 2022), ("报告", "b.md")])
def test_filters_narrow_list_and_answer(
    filled: Path, monkeypatch: pytest.MonkeyPatch, label: str, choice: str | int
) -> None:
    page = open_page(filled, monkeypatch)
    page.multiselect(key=f"filter-{label}").select(choice).run()
    assert "（1 份）" in scope(page)
    ask(page, "毕业生就业率是多少？")
    assert "<strong>91.06%</strong>" in html(page)
    assert "95.27%" not in html(page)


def test_filters_that_leave_nothing_say_so(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(filled, monkeypatch)
    page.multiselect(key="filter-院校").select("白河职业技术学院").run()
    page.multiselect(key="filter-年份").select(2023).run()
    assert scope(page) == "没有符合条件的报告：白河职业技术学院 · 2023"
    assert not page.exception


def test_no_reports_says_how_to_add_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(tmp_path, monkeypatch)
    assert "还没有报告" in html(page)
    assert "wenbao ingest" in html(page)
    assert page.chat_input(key="question").disabled


def test_reports_ingested_meanwhile_appear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(tmp_path / "data", monkeypatch)
    build_index(tmp_path / "data", write_reports(tmp_path / "reports", a=REPORT))
    page.run()
    assert "已收录 1 份报告" in html(page)
    assert not page.chat_input(key="question").disabled


def test_more_uploads_than_there_may_be_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENBAO_UPLOADS_MB", "0")
    page = open_page(tmp_path, monkeypatch)
    page.file_uploader(key="upload-0").set_value([("甲.md", REPORT.encode(), "text/markdown")]).run()
    assert "0 MB 的上限" in html(page)
    assert not (tmp_path / "uploads").exists()


def test_uploads_are_read_once_and_refused_with_their_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(tmp_path, monkeypatch)
    page.file_uploader(key="upload-0").set_value(
        [("../甲.md", REPORT.encode(), "text/markdown"), ("坏.pdf", b"%PDF-1.4 x", "application/pdf")]
    ).run()
    assert "<b>../甲.md</b><div>已添加：《青石职业技术学院高等职业教育质量年度报告（2023年度）》（" in html(page)
    assert "没有添加：" in html(page)
    said = [toast.value for toast in page.toast]
    assert [line.rsplit("：")[-1] for line in said] == ["已添加", "没有添加，原因见上传处"]
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == ["甲.md"]
    assert "已收录 1 份报告" in html(page)
    next(button for button in page.button if button.label == "确认移除").click().run()
    assert not list((tmp_path / "uploads").iterdir())
    assert "还没有报告" in html(page)


def test_an_unusable_setting_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENBAO_EMBEDDER", "bultin")
    page = open_page(tmp_path, monkeypatch)
    assert "没有名为 &#39;bultin&#39; 的嵌入模型" in html(page)
    assert "Traceback" not in html(page)
    assert [button.label for button in page.button] == ["重试"]


def test_a_question_sent_twice_or_empty_is_asked_once(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ask(open_page(filled, monkeypatch), "   ")
    assert page.session_state.exchanges == []
    ask(page, QUESTION).run()
    assert len(page.session_state.exchanges) == 1


def test_an_answer_leads_on_to_questions_that_are_answered(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ask(open_page(filled, monkeypatch), QUESTION)
    following = [button for button in page.button if button.key and button.key.startswith("next-")]
    assert following
    following[0].click().run()
    assert len(page.session_state.exchanges) == 2
    assert page.session_state.exchanges[1].answer.status is AnswerStatus.ANSWERED
    assert "next-" + QUESTION not in {button.key for button in page.button}


def test_several_figures_are_a_table_and_a_chart(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ask(open_page(filled, monkeypatch), "青石职业技术学院和白河职业技术学院的毕业生就业率分别是多少？")
    assert 'class="wb-figures"' in html(page)
    assert len(page.get("vega_lite_chart")) == 1
    ask(page, QUESTION)
    assert len(page.get("vega_lite_chart")) == 1


def test_a_question_asked_while_another_is_answered_waits_its_turn(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(filled, monkeypatch)
    page.session_state.queued.append(Waiting("青石职业技术学院在校生有多少人？"))
    ask(page, "青石职业技术学院毕业生就业率是多少？")
    asked = [exchange.question for exchange in page.session_state.exchanges]
    assert asked == ["青石职业技术学院毕业生就业率是多少？", "青石职业技术学院在校生有多少人？"]
    assert page.session_state.pending is None


def test_a_greeting_is_answered_with_questions_to_press(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ask(open_page(filled, monkeypatch), "你好")
    assert "您好！我是问报" in html(page)
    assert "没有找到" not in html(page)
    offered = [button.key for button in page.button if button.key and button.key.startswith("next-")]
    assert len(offered) > 1
    assert offered[-1].startswith("next-总结一下")
    assert "<li>" not in html(page)  # what may be asked stands once, as buttons
    page.button(key=offered[-1]).click().run()
    assert "的情况" in page.session_state.exchanges[-1].question
    ask(page, "总结一下青石职业技术学院2023年的情况")
    assert "<strong>95.27%</strong>" in html(page)
    assert "wb-figures" not in html(page)  # the lines of a summary are the table already
