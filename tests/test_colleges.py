from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain.colleges import mentioned, name_at_start, names_in, split_stem
from rag.domain.places import place_at, provinces
from rag.domain.short_names import short_names

COLLEGES = (
    *("咸宁职业技术学院", "湖北职业技术学院", "湖南工业职业技术学院", "深圳职业技术大学", "黄冈师范学院"),
    *("登莱理工学院", "崇岭科技学院", "中国人民大学"),
)
NAMES = {name: short_names(name) for name in COLLEGES}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("咸宁职业技术学院2023年质量年报", ["咸宁职业技术学院"]),
        ("湖北科技学院、黄冈师范学院和武汉大学", ["湖北科技学院", "黄冈师范学院", "武汉大学"]),
        ("我在咸宁读咸宁职业技术学院", ["咸宁职业技术学院"]),
        ("对比咸宁职业技术学院和湖北职业技术学院", ["咸宁职业技术学院", "湖北职业技术学院"]),
        ("湖北省咸宁职业技术学院", ["咸宁职业技术学院"]),
        ("天津市职业大学", ["天津市职业大学"]),
        ("湖南有色金属职业技术学院", ["湖南有色金属职业技术学院"]),
        ("茂名职业技术学院与呼和浩特职业学院", ["茂名职业技术学院", "呼和浩特职业学院"]),
        ("湖北生物科技职业学院", ["湖北生物科技职业学院"]),
        ("漳州卫生职业学院", ["漳州卫生职业学院"]),
        ("和田师范专科学校", ["和田师范专科学校"]),
        ("湖北幼儿师范高等专科学校", ["湖北幼儿师范高等专科学校"]),
        ("新疆生产建设兵团兴新职业技术学院", ["新疆生产建设兵团兴新职业技术学院"]),
        ("湖北职业技术学院口腔医学院", ["湖北职业技术学院"]),
        ("番禺职院的就业率", ["番禺职院"]),
        ("威宁职业技术学院的就业率", ["威宁职业技术学院"]),
        ("湖南第一师范学院", ["湖南第一师范学院"]),
        ("国家开放大学", ["国家开放大学"]),
        ("考上清华大学", ["清华大学"]),
        ("上海外国语大学", ["上海外国语大学"]),
        ("一村多名大学生", []),
        ("承办的毕业大学", []),
        ("口腔医学院、护理学院、机电工程学院、马克思主义学院", []),
        ("中国大学MOOC上线课程", []),
        ("中国特色职业大学", []),
        ("全省高职院校中的优质职业学院", []),
        ("高等职业学院", []),
        ("哪些职业学院和哪所大学", []),
        ("咸宁大学生创业园、武汉大学城", []),
        ("", []),
    ],
)
def test_names_in(text: str, names: list[str]) -> None:
    assert list(names_in(text)) == names


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("登莱理工学院2023年质量年报", "登莱理工学院"),
        ("枞川职业技术学院机电工程学院", "枞川职业技术学院"),
        ("燕北省教育厅", ""),
        ("登莱大学", "登莱大学"),
        ("朔安职院简报", "朔安职院"),
        ("机电工程学院", ""),
        ("武大法学院", ""),
        ("某某产业学院", ""),
        ("普通高等学校本科教学", ""),
        ("我们的大学", ""),
        ("大学生就业", ""),
        ("在登莱理工学院", ""),
        ("", ""),
    ],
)
def test_a_name_is_told_by_its_form_at_the_start_of_a_line(line: str, name: str) -> None:
    assert name_at_start(line) == name


@pytest.mark.parametrize(
    ("stem", "parts"),
    [
        ("朔安工业", ("朔安", "工业")),
        ("沂泽农牧", ("沂泽", "农牧")),
        ("岷阳", ("岷阳", "")),
        ("黑龙江农业经济", ("黑龙江", "农业经济")),
        ("某某某某某", ("", "某某某某某")),
    ],
)
def test_place_and_field_of_a_stem(stem: str, parts: tuple[str, str]) -> None:
    assert split_stem(stem) == parts


@pytest.mark.parametrize(
    ("question", "colleges"),
    [
        ("咸宁职业技术学院2023年就业率", ["咸宁职业技术学院"]),
        ("咸职的老师够不够", ["咸宁职业技术学院"]),
        ("湖职和咸宁职院比", ["湖北职业技术学院", "咸宁职业技术学院"]),
        ("湖南工业职院", ["湖南工业职业技术学院"]),
        ("威宁职业技术学院", ["咸宁职业技术学院"]),
        ("咸宁职业技术技院", ["咸宁职业技术学院"]),
        ("咸宁业技术学院", ["咸宁职业技术学院"]),
        ("湖北北职业技术学院", ["湖北职业技术学院"]),
        ("咸宁职业学院有多少人", ["咸宁职业技术学院"]),
        ("咸 宁 职 院", ["咸宁职业技术学院"]),
        ("深职大", ["深圳职业技术大学"]),
        ("请问工业职院的收入", ["湖南工业职业技术学院"]),
        ("湖南职业技术学院", []),
        ("黄石职业技术学院", []),
        ("南宁职业技术学院", []),
        ("海宁职业技术学院", []),
        ("河北职业学院", []),
        ("东北职业学院", []),
        ("湖南工程职业技术学院", []),
        ("湖北工业职业技术学院", []),
        ("咸宁职业技术学校", []),
        ("东湖职院", []),
        ("人大有多少学生", ["中国人民大学"]),
        ("人大代表有几名", []),
        ("登莱理工局", []),
        ("登莱理工的就业率", ["登莱理工学院"]),
        ("登理工和崇岭科院谁的老师多", ["登莱理工学院", "崇岭科技学院"]),
        ("登莱科技学院招了多少人", []),
        ("全校就业率是多少", []),
        ("", []),
    ],
)
def test_mentioned(question: str, colleges: list[str]) -> None:
    assert set(mentioned(question, NAMES)) == set(colleges)


@pytest.mark.parametrize(
    ("question", "college"),
    [
        ("朔职院招了多少人", "朔安职业技术学院"),
        ("朔安职院招了多少人", "朔安职业技术学院"),
        ("朔安工职院招了多少人", "朔安工业职业技术学院"),
        ("朔安工院招了多少人", "朔安工业职业技术学院"),
        ("安朔职院招了多少人", "安朔职业学院"),
    ],
)
def test_near_names_are_kept_apart(question: str, college: str) -> None:
    names = {name: short_names(name) for name in ("朔安职业技术学院", "朔安工业职业技术学院", "安朔职业学院")}
    assert list(mentioned(question, names)) == [college]
    del names[college]
    assert not mentioned(question, names)


@pytest.mark.parametrize(
    ("corpus", "wrong"),
    [
        ("黄冈职业技术学院", "黄石职业技术学院"),
        ("荆州职业技术学院", "荆门职业技术学院"),
        ("武汉职业学院", "武昌职业学院"),
        ("湖南商务职业技术学院", "湖南商贸职业技术学院"),
    ],
)
def test_another_real_name_is_no_slip(corpus: str, wrong: str) -> None:
    assert mentioned(wrong, {corpus: short_names(corpus)}) == {}


def test_span_is_where_the_name_stands_in_the_question() -> None:
    question = "请问 咸宁 职院 怎么样"
    start, end = mentioned(question, NAMES)["咸宁职业技术学院"]
    assert question[start:end] == "咸宁 职院"


def test_short_name_of_two_colleges_names_both() -> None:
    names = {name: short_names(name) for name in ("湖北职业技术学院", "湖州职业技术学院")}
    assert set(mentioned("湖职怎么样", names)) == set(names)


def test_places_are_known() -> None:
    assert len(provinces()) == 34
    assert place_at("黑龙江农业") == "黑龙江"
    assert place_at("农业") == ""


@given(st.text(alphabet="咸宁湖北职业技术学院大的在和 a1，师范科技", max_size=40))
def test_names_stand_in_the_text(text: str) -> None:
    assert all(name in text for name in names_in(text))
    assert all(0 <= a < b <= len(text) for a, b in mentioned(text, NAMES).values())


@pytest.mark.parametrize(
    ("question", "colleges"),
    [
        ("枞川护理专业的毕业生有多少", ["枞川职业技术学院"]),
        ("枞川、岷阳机电和沂泽三家比一比", ["枞川职业技术学院", "岷阳机电职业技术学院", "沂泽农牧职业学院"]),
        ("枞川市有多少所学校", []),
        ("枞川理工大学有多少学生", []),
        ("岷阳机电大学有多少学生", []),
        ("留在枞川的毕业生有多少", []),
        ("沂泽工院招了多少人", []),
    ],
)
def test_a_place_or_stem_names_the_only_college_called_by_it(question: str, colleges: list[str]) -> None:
    names = {name: short_names(name) for name in ("枞川职业技术学院", "岷阳机电职业技术学院", "沂泽农牧职业学院")}
    assert set(mentioned(question, names)) == set(colleges)
    shared = names | {"枞川农业职业技术学院": (), "岷阳职业技术学院": (), "沂泽职业学院": ()}
    assert not {"枞川职业技术学院", "沂泽农牧职业学院"} & set(mentioned(question, shared))


def test_a_name_with_the_place_of_another_owner_is_no_slip() -> None:
    names = {"砚溪职业技术学院": ("砚溪职院",), "砚州市教育局": ()}
    assert mentioned("砚州职业技术学院就业率多少", names) == {}
    assert list(mentioned("砚西职业技术学院就业率多少", names)) == ["砚溪职业技术学院"]


@pytest.mark.parametrize(
    ("question", "found"), [("翻翻东职院那本年报", True), ("我想写写东职院的夜校", True), ("西东职院的就业率", False)]
)
def test_a_short_name_is_known_behind_other_words(question: str, found: bool) -> None:
    assert bool(mentioned(question, {"东湖职业技术学院": ("东职院",)})) is found
