from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.records import Cell, Grid, Line, Page
from rag.structure.running_heads import drop_running_heads, page_number_of

GRID = Grid((Cell("甲", 0, 0),), 1, 1)
BODY = [
    "学校推进改革",
    "收入有所增长",
    "教师队伍壮大",
    "学生活动丰富",
    "校企合作深入",
    "服务地方发展",
    "办学条件改善",
    "社会评价提升",
]


def page_of(number: int | None, *items: str | Line | Grid, label: str | None = None) -> Page:
    """Lines stand 20 points apart from the top, unless they bring their own place."""
    placed = [Line(item, top=40 + 20 * at) if isinstance(item, str) else item for at, item in enumerate(items)]
    return Page(number, tuple(placed), label=label)


def texts(pages: tuple[Page, ...]) -> list[list[str]]:
    return [[item.text for item in page.items if isinstance(item, Line)] for page in pages]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", "3"),
        ("— 3 —", "3"),
        ("-3-", "3"),
        ("·12·", "12"),
        ("3 / 39", "3"),
        ("3/39", "3"),
        ("第3页 共9页", "3"),
        ("第3页共9页", "3"),
        ("第 3 页", "3"),
        ("Page 3 of 9", "3"),
        ("IV", "IV"),
        ("- ii -", "ii"),
        ("2023年", None),
        ("3个", None),
        ("96.12%", None),
        ("12345", None),
        ("质量年报3", None),
        ("", None),
    ],
)
def test_page_number_of(text: str, number: str | None) -> None:
    assert page_number_of(text) == number


@pytest.mark.parametrize("form", ["{}", "— {} —", "{} / 39", "第{}页 共9页", "-{}-"])
@pytest.mark.parametrize("at_top", [True, False])
def test_page_numbers_become_labels(form: str, at_top: bool) -> None:
    pages = []
    for number in range(1, 5):
        printed = form.format(number + 10)
        lines = [printed, BODY[number]] if at_top else [BODY[number], printed]
        pages.append(page_of(number, *lines))
    stripped = drop_running_heads(pages)
    assert [page.label for page in stripped] == ["11", "12", "13", "14"]
    assert [page.number for page in stripped] == [1, 2, 3, 4]
    assert texts(stripped) == [[BODY[number]] for number in range(1, 5)]


def test_roman_then_arabic_labels() -> None:
    labels = ["I", "II", "III", "1", "2", "3"]
    pages = [page_of(number, BODY[number], label) for number, label in enumerate(labels)]
    assert [page.label for page in drop_running_heads(pages)] == labels


def test_label_of_the_file_is_kept_where_none_is_printed() -> None:
    assert drop_running_heads([page_of(1, "正文", label="iv")])[0].label == "iv"


def test_a_lone_figure_at_the_edge_that_does_not_count_up_stays() -> None:
    pages = [page_of(number, BODY[number], figure) for number, figure in enumerate(["6370", "412", "39", "7"])]
    assert texts(drop_running_heads(pages)) == [
        [BODY[n], figure] for n, figure in enumerate(["6370", "412", "39", "7"])
    ]


@pytest.mark.parametrize(
    "head_of",
    [
        lambda n: "咸宁职业技术学院质量年报",
        lambda n: "咸宁职业技术学院" if n % 2 else "高等职业教育质量年度报告",
        lambda n: f"质量年报 第{n}页",
    ],
    ids=["same", "odd and even", "with its number"],
)
@pytest.mark.parametrize("at_top", [True, False])
def test_running_heads_and_feet_are_dropped(head_of: object, at_top: bool) -> None:
    assert callable(head_of)
    pages = []
    for number in range(8):
        head = Line(head_of(number), top=30 if at_top else 800)
        lines = [head, BODY[number]] if at_top else [BODY[number], head]
        pages.append(page_of(number + 1, *lines))
    assert texts(drop_running_heads(pages)) == [[BODY[number]] for number in range(8)]


def test_head_that_changes_with_the_chapter_is_dropped_where_heads_stand() -> None:
    heads = ["第一章 发展概况"] * 4 + ["第二章 人才培养"] * 3 + ["第三章 服务贡献"]
    pages = [page_of(n + 1, Line(head, top=30), Line(BODY[n], top=72)) for n, head in enumerate(heads)]
    assert texts(drop_running_heads(pages)) == [[BODY[n]] for n in range(8)]


def test_head_of_a_document_of_two_pages() -> None:
    pages = [page_of(n + 1, Line("咸宁职业技术学院简报", top=30), Line(BODY[n], top=72)) for n in range(2)]
    assert texts(drop_running_heads(pages)) == [[BODY[0]], [BODY[1]]]


@pytest.mark.parametrize(
    "line",
    ["学校投入120万元，培训教师30人。", "其中，男生30人，女生12人，", "一、二、三等奖"],
)
def test_prose_that_differs_in_its_figures_only_is_no_head(line: str) -> None:
    pages = [page_of(n + 1, line, BODY[n]) for n in range(6)]
    assert all(line in page for page in texts(drop_running_heads(pages)))


def test_a_line_that_comes_back_elsewhere_on_the_page_stays() -> None:
    pages = [page_of(n + 1, Line("实施背景", top=100 + 90 * n), BODY[n]) for n in range(6)]
    assert all("实施背景" in page for page in texts(drop_running_heads(pages)))


def test_nothing_is_taken_from_behind_a_table() -> None:
    pages = [page_of(n + 1, GRID, Line("质量年报附表", top=700), BODY[n], GRID) for n in range(4)]
    assert all("质量年报附表" in page for page in texts(drop_running_heads(pages)))


def test_a_watermark_that_comes_last_hides_no_foot_and_is_dropped_itself() -> None:
    def placed(text: str, top: float) -> Line:
        return Line(text, 72, top, 500, top + 12, 12)

    pages = [
        page_of(n + 1, placed(BODY[n], 100), placed(f"- {n + 1} -", 800), placed("内部资料", 400)) for n in range(4)
    ]
    assert texts(drop_running_heads(pages)) == [[BODY[n]] for n in range(4)]
    once = [page_of(1, placed(BODY[0], 100), placed("第1页", 800), placed("样稿", 400)), *pages[1:]]
    assert texts(drop_running_heads(once))[0] == [BODY[0], "样稿"]


@pytest.mark.parametrize("line", ["数据来源：学校就业信息系统", "资料来源: 教务处", "单位：万元"])
def test_what_says_where_a_table_is_from_stays_on_however_many_pages(line: str) -> None:
    pages = [page_of(n + 1, BODY[n], Line(line, top=780)) for n in range(8)]
    assert all(page[-1] == line for page in texts(drop_running_heads(pages)))


def test_format_without_pages_loses_the_line_that_keeps_coming_back() -> None:
    lines = [
        text for n in range(6) for text in ("咸宁职业技术学院质量年报", BODY[n], "实施背景", "学校坚持产教融合推进改革")
    ]
    left = texts(drop_running_heads([page_of(None, *lines)]))[0]
    assert "咸宁职业技术学院质量年报" not in left
    assert left.count("实施背景") == 6
    assert left.count("学校坚持产教融合推进改革") == 6


@given(
    st.lists(
        st.lists(
            st.builds(Line, st.text(alphabet="质量年报1第页 -—IVx\n共", max_size=12), top=st.floats(0, 900))
            | st.just(GRID)
        ),
        max_size=6,
    )
)
def test_any_pages_keep_their_number_and_order(pages: list[list[Line | Grid]]) -> None:
    given_pages = [Page(number, tuple(items)) for number, items in enumerate(pages, 1)]
    stripped = drop_running_heads(given_pages)
    assert [page.number for page in stripped] == [page.number for page in given_pages]
    for before, after in zip(given_pages, stripped, strict=True):
        left = iter(before.items)
        assert all(item in left for item in after.items)
