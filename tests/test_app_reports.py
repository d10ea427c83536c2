"""The page of reports: what there is, what each states, several side by side."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from page_samples import HOSTILE_REPORT, OTHER_REPORT, PDF_COLLEGE, REPORT, build_index, write_pdf_report, write_reports
from streamlit.testing.v1 import AppTest
from test_app import html

APP = Path(__file__).parents[1] / "app.py"
NEW_REPORT = REPORT.replace("青石", "黄梅").replace("2023", "2021")
VIEW, BOARD, COMPARE = "reports-view", "指标看板", "多份对照"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds four reports; no test changes it."""
    folder = tmp_path_factory.mktemp("filled")
    write_reports(folder / "reports", ending="txt", hostile=HOSTILE_REPORT)
    write_pdf_report(folder / "reports" / "p.pdf")
    build_index(folder / "data", write_reports(folder / "reports", a=REPORT, b=OTHER_REPORT))
    return folder / "data"


def open_reports(data: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page of reports, which AppTest reaches by running what its address would."""
    monkeypatch.setenv("WENBAO_DATA", str(data))
    return AppTest.from_function(_reports_page, default_timeout=60).run()


def _reports_page() -> None:
    from rag.app.ui import reports
    from rag.app.ui.frame import Place, draw_page

    draw_page([Place("报告", "reports", reports.draw)])


def turn_to(page: AppTest, view: str) -> AppTest:
    page.session_state[VIEW] = view
    return page.run()


def test_the_page_leads_to_the_reports(filled, monkeypatch):
    monkeypatch.setenv("WENBAO_DATA", str(filled))
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not page.exception
    assert [link.proto.label for link in page.get("page_link")] == ["提问", "报告"]


def test_every_report_is_listed_with_what_is_known_of_it(filled, monkeypatch):
    page = open_reports(filled, monkeypatch)
    assert not page.exception
    assert "已收录 4 份报告" in html(page)
    assert "青石职业技术学院高等职业教育质量年度报告（2023年度）" in html(page)
    assert "质量年报 · 2023 年 · 2023 届 · 1 张表 · " in html(page)
    assert "<img" not in html(page)


def test_details_name_what_could_not_be_read_and_read_again(tmp_path, monkeypatch):
    reports = write_reports(tmp_path / "reports", a=REPORT)
    build_index(tmp_path / "data", reports)
    page = open_reports(tmp_path / "data", monkeypatch)
    page.button(key="detail-a.md").click().run()
    assert "由维护者放在报告文件夹里，在这里不能移除" in html(page)
    assert "逐页提醒" in html(page)
    assert "没有发现前后不一致的数字" in html(page)
    (reports / "a.md").write_text(REPORT.replace("95.27", "94.11"), encoding="utf-8")
    page.button(key="reread").click().run()
    assert "已重新读取" in html(page)
    (reports / "a.md").unlink()
    page.button(key="reread").click().run()
    assert "没有重新读取：" in html(page)
    assert "已收录 1 份报告" in html(page.run())
    turn_to(page, BOARD)
    assert "94.11%" in html(page)


def test_what_a_report_was_taken_for_is_put_right_and_stays_so(tmp_path, monkeypatch):
    page = open_reports(tmp_path, monkeypatch)
    page.file_uploader(key="upload-0").set_value([("甲.md", REPORT.encode(), "text/markdown")]).run()
    page.button(key="detail-甲.md").click().run()
    page.text_input(key="title-甲.md").input("青石职院“双高”年报\\2023")
    page.text_input(key="short_names-甲.md").input("青石职院、青职")
    page.selectbox(key="kind-甲.md").select("发展报告")
    page.number_input(key="year-甲.md").set_value(2024)
    next(button for button in page.button if button.label == "保存更正").click().run()
    assert "已更正" in html(page)
    assert "<div>青石职业技术学院 · 发展报告 · 2024 年 · 2023 届" in html(page)
    page.button(key="reread").click().run()
    assert '<div class="wb-title">青石职院“双高”年报\\2023</div><div>青石职业技术学院 · 发展报告 · 2024 年' in html(
        page
    )
    monkeypatch.setenv("WENBAO_DATA", str(tmp_path))
    asked = AppTest.from_file(str(APP), default_timeout=60).run()
    asked.chat_input(key="question").set_value("青职2023届毕业生就业率是多少？").run()
    assert "<strong>95.27%</strong>" in html(asked)
    page.button(key="remove-detail-甲.md").click().run()
    assert "甲.md" not in (tmp_path / "uploads" / "reports.toml").read_text("utf-8")


def test_one_report_in_two_formats_is_one_line(tmp_path, monkeypatch):
    reports = write_reports(tmp_path / "reports", a=REPORT, b=OTHER_REPORT)
    build_index(tmp_path / "data", write_reports(reports, ending="markdown", a=REPORT + "\n"))
    page = open_reports(tmp_path / "data", monkeypatch)
    assert "已收录 2 份（3 个文件）" in html(page)
    assert html(page).count('class="wb-report"') == 2
    assert "已收录 2 份报告 · 2 个单位" in html(page)
    page.button(key="detail-a.markdown").click().run()
    assert "文件 a.markdown" in html(page)
    turn_to(page, BOARD)
    assert len(page.selectbox(key="board-report").options) == 2


def test_an_upload_can_be_removed_again(tmp_path, monkeypatch):
    page = open_reports(tmp_path, monkeypatch)
    page.file_uploader(key="upload-0").set_value(
        [("甲.md", REPORT.encode(), "text/markdown"), ("坏.pdf", b"%PDF-1.4 x", "application/pdf")]
    ).run()
    assert "没有添加：" in html(page)
    assert "已收录 1 份报告" in html(page)
    page.button(key="detail-甲.md").click().run()
    assert "确定移除《青石职业技术学院高等职业教育质量年度报告（2023年度）》（甲.md）吗？" in html(page)
    page.button(key="remove-detail-甲.md").click().run()
    assert "还没有报告" in html(page)
    assert [toast.value for toast in page.toast] == ["已移除《青石职业技术学院高等职业教育质量年度报告（2023年度）》。"]
    assert not list((tmp_path / "uploads").iterdir())


def test_what_is_there_already_is_not_added_again(filled, tmp_path, monkeypatch):
    shutil.copytree(filled, tmp_path / "data")
    page = open_reports(tmp_path / "data", monkeypatch)
    copy = ("别的名字.md", REPORT.encode(), "text/markdown")
    page.file_uploader(key="upload-0").set_value([copy, ("新.md", NEW_REPORT.encode(), "text/markdown")]).run()
    shown = html(page)
    assert "（a.md）内容完全相同，未重复添加" in shown
    assert (
        "已添加：《黄梅职业技术学院高等职业教育质量年度报告（2021年度）》"
        "（黄梅职业技术学院 · 质量年报 · 2021 年 · 2021 届）" in shown
    )
    assert "已收录 5 份报告" in shown
    assert "我添加的 · 今天 " in shown
    assert shown.index("文件 新.md") < shown.index("文件 a.md")
    assert [path.name for path in (tmp_path / "data" / "uploads").iterdir()] == ["新.md"]


def test_a_board_gives_every_figure_with_its_time_and_source(filled, monkeypatch):
    page = open_reports(filled, monkeypatch)
    page.button(key="board-p.pdf").click().run()
    shown = html(page)
    assert "<strong>93.46%</strong>" in shown
    assert "<strong>41.3万册</strong>" in shown
    assert 'href="#source-board-1" title="查看出处 1">第 2 页</a>' in shown
    assert "2023届" in shown
    assert "报告中未找到" in shown
    assert "生师比" in shown.split("报告中未找到")[1]
    page.button(key="open-source-board-1").click().run()
    assert "第 2 页 / 共 3 页" in html(page)
    assert len(page.get("image")) == 1
    assert not page.exception


def test_reports_are_compared_where_they_can_be(filled, monkeypatch):
    page = turn_to(open_reports(filled, monkeypatch), COMPARE)
    page.multiselect(key="compared-reports").set_value(["a.md", "b.md", "p.pdf"]).run()
    page.multiselect(key="compared-indicators").set_value(["就业率", "生师比", "家长满意度"]).run()
    shown = html(page)
    assert all(f"<strong>{figure}</strong>" in shown for figure in ("95.27%", "91.06%", "93.46%", "16.85：1"))
    assert "<th>青石职业技术学院 2023</th>" in shown
    assert "未找到" in shown
    assert "<b>就业率</b>：年份不同" in shown
    assert "<b>家长满意度</b>：没有报告写明" in shown
    assert PDF_COLLEGE in shown
    assert page.selectbox(key="charted").options == ["就业率", "生师比"]
    assert not page.exception


def test_nothing_to_compare_is_said(tmp_path, monkeypatch):
    build_index(tmp_path / "data", write_reports(tmp_path / "reports", a=REPORT))
    page = turn_to(open_reports(tmp_path / "data", monkeypatch), COMPARE)
    assert "至少要有两份报告" in html(page)
    assert not page.exception


def test_text_of_a_report_stays_text_on_its_board(filled, monkeypatch):
    page = open_reports(filled, monkeypatch)
    page.button(key="board-hostile.txt").click().run()
    assert "<img" not in html(page)
    assert "<script" not in html(page)
    assert not page.exception


def test_the_figure_table_can_be_searched(filled, monkeypatch):
    page = turn_to(open_reports(filled, monkeypatch), "数字表")
    assert not page.exception
    page.selectbox(key="figures-report").select("a.md").run()
    everything = page.dataframe[0].value
    assert {"数字", "量的是什么", "时间", "章节", "页"} <= set(everything.columns)
    page.text_input(key="figures-sought").input("就业率 95.27").run()
    found = page.dataframe[0].value
    assert 0 < len(found) < len(everything)
    assert "95.27%" in set(found["数字"])
    page.text_input(key="figures-sought").input("没有这个词").run()
    assert not page.dataframe
    assert f"{len(everything)} 个数字中有 0 个符合" in html(page)
