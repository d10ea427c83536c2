"""What a question asks for, piece by piece."""

from __future__ import annotations

import pytest

from rag.question.asks import asked_noun, question_to_asks, without_amounts, without_cues
from rag.question.operation import is_left_out, question_to_operation
from rag.records import AskKind, Operation

K = AskKind


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("甲院花了多少钱？", [K.MONEY]),
        ("占地多少亩？", [K.AREA]),
        ("男生占百分之几？", [K.PERCENT]),
        ("就业率是多少？", [K.PERCENT]),
        ("通过率提高了几个百分点？", [K.POINTS]),
        ("有多少人报名？", [K.PEOPLE]),
        ("拿了几项奖？", [K.COUNT]),
        ("学费多少？", [K.MONEY]),
        ("院长是谁？", [K.NAME]),
        ("哪个学院最高？", [K.NAME]),
        ("有多少人，占多大比例？", [K.PEOPLE, K.PERCENT]),
        ("就业率是多少？比去年高不高？", [K.PERCENT, K.ANY]),
        ("老师够不够？", [K.ANY]),
        ("案件从多少降到多少？", [K.ANY, K.ANY]),
        ("一年发多少课时费？", [K.MONEY]),
        ("每人能拿多少？", [K.MONEY]),
        ("和全国比怎么样？", [K.ANY]),
        ("在校生2023年是多少？", [K.PEOPLE]),
        ("毕业生人数2023年是多少？", [K.PEOPLE]),
        ("六月有多大比例落实，年底又是多少？", [K.PERCENT, K.PERCENT]),
    ],
)
def test_each_interrogative_is_asked_with_its_kind(question: str, kinds: list[AskKind]) -> None:
    assert [ask.kind for ask in question_to_asks(question)] == kinds


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("实验室查出的毛病，改好几项？", ["实验室查出的毛病，改好几项"]),
        ("设备摊到每人头上，2019年是多少，2023年呢？", ["设备摊到每人头上，2019年是多少"]),
        ("设备值2019年是多少，2023年又是多少？", ["设备值2019年是多少", "设备值 是多少，2023年又是多少"]),
        ("面试跑几场、花多少钱？", ["面试跑几场", "面试跑几场，花多少钱"]),
    ],
)
def test_an_interrogative_has_the_words_before_it_and_those_of_the_last_one_where_it_says_nothing(
    question: str, texts: list[str]
) -> None:
    assert [ask.text.rstrip("？") for ask in question_to_asks(question)][: len(texts)] == texts


def test_items_are_asked_in_their_order() -> None:
    asks = question_to_asks("国家级、省级各几项？")
    assert [(ask.item, ask.unit) for ask in asks] == [("国家级", "项"), ("省级", "项")]


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("甲院就业率和校训是什么？", [("甲院就业率", K.PERCENT), ("校训", K.NAME)]),
        ("就业率和校训分别是什么？", [("就业率", K.PERCENT), ("校训", K.NAME)]),
        ("就业率、生师比和图书册数是多少？", [("就业率", K.PERCENT), ("生师比", K.ANY), ("图书册数", K.ANY)]),
        ("生师比和就业率分别是多少？", [("生师比", K.ANY), ("就业率", K.PERCENT)]),
        ("教师和学生人数是多少？", [("", K.PEOPLE)]),
        ("男生和女生的就业率是什么？", [("", K.NAME)]),
        ("就业率和升学率哪个高？", [("", K.NAME)]),
        ("办学定位和特色是什么？", [("", K.NAME)]),
    ],
)
def test_figures_named_together_are_asked_one_by_one(question: str, items: list[tuple[str, AskKind]]) -> None:
    assert [(ask.item, ask.kind) for ask in question_to_asks(question)] == items


def test_an_elliptical_question_asks_what_the_one_before_asked() -> None:
    (ask,) = question_to_asks("那女生呢？", carried="男生有多少人？")
    assert (ask.kind, ask.text, ask.unit) == (K.PEOPLE, "那女生呢？", "人")


def test_what_no_cue_decides_is_what_the_answer_before_gave() -> None:
    assert question_to_asks("对口吗", kinds=("percent",))[0].kind is K.PERCENT
    assert question_to_asks("对口吗", kinds=("percent", "count"))[0].kind is K.ANY


def test_cues_are_taken_out_and_what_is_counted_stays() -> None:
    assert without_cues("图书馆有多少册书？") == "图书馆有 书？"
    assert "毕业生" in without_cues("有多少毕业生？")
    assert "就业率" in without_cues("就业率？")


@pytest.mark.parametrize(
    ("question", "operation", "operands"),
    [
        ("男生比女生多多少人？", Operation.DIFFERENCE, ("男生", "女生")),
        ("2023年和2022年相差多少？", Operation.DIFFERENCE, ("2023年", "2022年")),
        ("甲系和乙系加起来多少人？", Operation.SUM, ("甲系", "乙系")),
        ("哪个专业人数最多？", Operation.RANK, ()),
        ("录取了却没来报到的有几个？", Operation.REST, ("录取了却", "来报到")),
        ("甲是乙的多少倍？", Operation.RATIO, ()),
        ("比上一年多了多少？", Operation.LOOKUP, ()),
        ("最低工资是多少？", Operation.LOOKUP, ()),
    ],
)
def test_few_cues_say_what_is_done(question: str, operation: Operation, operands: tuple[str, ...]) -> None:
    assert question_to_operation(question) == (operation, operands)


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("总共有多少项建设任务", "总共有 建设任务"),
        ("有几个教学院部参加", "有 教学院部参加"),
        ("一年多弄来多少岗位", "一年多弄来 岗位"),
        ("住房保障花了几万", "住房保障花了 "),
        ("面积几何", "面积几何"),
    ],
)
def test_an_amount_goes_with_its_counting_word_and_with_no_more(asked: str, left: str) -> None:
    assert without_amounts(asked) == left


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("护理学院的就业率是多少", "就业率"),
        ("22级有多少女生", "女生"),
        ("一年发多少课时费？", "课时费"),
        ("那升学率呢", "升学率"),
        ("找个工作平均要掏多少钱", ""),
        ("对口的能占几成？", ""),
    ],
)
def test_the_noun_that_is_measured_stands_by_the_interrogative(question: str, noun: str) -> None:
    assert asked_noun(question) == noun


@pytest.mark.parametrize(
    ("question", "operands"),
    [
        ("录取线2021年比2020年涨了几分？", ("2021年", "2020年")),
        ("从8月底到年底，落实率又往上走了几个点？", ("年底", "8月底")),
        ("22届进制造业的比例比上一届高多少？", ("22届", "2021届")),
    ],
)
def test_a_change_between_two_times_is_their_difference(question: str, operands: tuple[str, str]) -> None:
    assert question_to_operation(question) == (Operation.DIFFERENCE, operands)


def test_a_change_in_percent_is_growth_and_a_year_left_unsaid_is_the_latest() -> None:
    assert question_to_operation("到款2023年比上一年涨了百分之多少") == (Operation.GROWTH, ("2023年", "2022年"))
    assert question_to_operation("岗位一年增加几个", 2022) == (Operation.DIFFERENCE, ("2022年", "2021年"))
    assert question_to_operation("岗位有几个", 2022) == (Operation.LOOKUP, ())


def test_what_is_asked_for_by_its_name_is_left_of_the_words_that_ask() -> None:
    assert "学费" in without_cues("一年收学生多少学费？")
    assert question_to_asks("有多少人交了费却没来考")[0].kind is K.PEOPLE


@pytest.mark.parametrize(
    ("question", "name", "is_out"),
    [
        ("湖北以外哪个省收的人最多", "湖北", True),
        ("除了护理学院，哪个学院最多", "护理学院", True),
        ("哪个省最多", "湖北", False),
    ],
)
def test_rows_that_a_question_leaves_out_are_known(question: str, name: str, is_out: bool) -> None:
    assert is_left_out(name, question) is is_out
