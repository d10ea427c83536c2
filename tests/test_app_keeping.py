from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from page_samples import OTHER_REPORT, REPORT, build_index, write_reports
from streamlit.testing.v1 import AppTest
from test_app import APP, QUESTION, ask, html

from evals.benchmarks.model_server import ModelServer
from rag.keeping.conversations import LOCAL_USER, Conversations
from rag.keeping.database import FILE_NAME, Keeping
from rag.keeping.feedback_store import FeedbackBox
from rag.presentation.exchanges import Exchange
from rag.presentation.spreadsheet import exchanges_to_rows

PERSON = {"is_logged_in": True, "iss": "https://id.example", "sub": "1", "name": "甲"}
OTHER_PERSON = {**PERSON, "sub": "2", "name": "乙"}


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("indexed")
    build_index(folder / "data", write_reports(folder / "reports", a=REPORT))
    return folder / "data"


@pytest.fixture
def data(indexed: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder without conversations."""
    monkeypatch.setenv("WENBAO_DATA", str(indexed))
    for file in indexed.glob(f"{FILE_NAME}*"):
        file.unlink()
    return indexed


def open_page(user: dict[str, Any] | None = None, conversation: str = "") -> AppTest:
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.user = user or {}
    if conversation:
        page.query_params["c"] = conversation
    return page.run()


def listed(page: AppTest) -> list[str]:
    return [
        button.key.removeprefix("conversation-")
        for button in page.button
        if button.key and button.key.startswith("conversation-")
    ]


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def address(page: AppTest) -> str:
    (identity,) = page.query_params["c"] if isinstance(page.query_params["c"], list) else [page.query_params["c"]]
    return str(identity)


def toasts(page: AppTest) -> str:
    return "".join(toast.value for toast in page.toast)


def test_a_conversation_is_there_again_after_a_reload(data: Path) -> None:
    page = ask(ask(open_page(), QUESTION), "专业对口率呢？")
    drawn = html(page)
    again = open_page(conversation=address(page))
    assert not again.exception
    assert again.session_state.exchanges == page.session_state.exchanges
    saved = exchanges_to_rows(again.session_state.exchanges[:1])
    assert [(row.question, row.measure, row.time) for row in saved if row.text == "95.27%"] == [
        (QUESTION, "就业率", "2023届")
    ]
    answers = [part.partition('class="wb-answer')[2] for part in (drawn, html(again))]
    assert "<mark>95.27%</mark>" in answers[0]
    assert answers[0] == answers[1]
    ask(again, "在校生有多少人？")
    assert len(again.session_state.exchanges) == 3
    assert len(Conversations(Keeping(data / FILE_NAME)).of(LOCAL_USER)) == 1


def test_conversations_are_listed_opened_renamed_and_deleted(data: Path) -> None:
    page = ask(open_page(), QUESTION)
    first = address(page)
    press(page, "新对话")
    assert "c" not in page.query_params
    assert page.session_state.exchanges == []
    ask(page, "青石职业技术学院在校生有多少人？")
    second = address(page)
    assert listed(page) == [second, first]
    page.button(key=f"conversation-{first}").click().run()
    assert [exchange.question for exchange in page.session_state.exchanges] == [QUESTION]
    page.text_input(key=f"title-{first}").set_value("就业 **粗** <b>").run()
    assert page.button(key=f"conversation-{first}").label.endswith("] 就业 \\*\\*粗\\*\\* \\<b\\>")
    assert "今天" in html(page)
    assert "已改名。" in toasts(page)
    assert any(item.label == "删除这段对话" for item in page.expander)
    assert not any(button.label == "删除这段对话" for button in page.button)
    page.button(key=f"delete-{first}").click().run()
    assert listed(page) == [second]
    assert "c" not in page.query_params
    assert page.session_state.exchanges == []
    next(button for button in page.button if button.label.startswith("撤销删除")).click().run()
    assert listed(page) == [second, first]
    assert [exchange.question for exchange in page.session_state.exchanges] == [QUESTION]
    assert address(page) == first
    assert not any(button.label.startswith("撤销删除") for button in page.button)


def test_another_conversation_than_the_open_one_is_renamed_and_deleted(data: Path) -> None:
    kept = Conversations(Keeping(data / FILE_NAME))
    other = kept.create(LOCAL_USER, [Exchange("另一问", failure="没有")]).id
    page = ask(open_page(), QUESTION)
    opened = address(page)
    page.text_input(key=f"title-{other}").set_value("改过的").run()
    assert page.button(key=f"conversation-{other}").label.endswith("] 改过的")
    page.button(key=f"delete-{other}").click().run()
    assert listed(page) == [opened] == [address(page)]
    press(page, "撤销删除 改过的")
    assert set(listed(page)) == {opened, other}
    assert address(page) == opened
    assert [exchange.question for exchange in page.session_state.exchanges] == [QUESTION]


def test_an_address_that_opens_nothing_says_so(data: Path) -> None:
    page = open_page(conversation="../nothing")
    assert "打不开这段对话" in toasts(page)
    assert "c" not in page.query_params
    assert not page.exception


def test_a_broken_file_leaves_a_page_that_answers(data: Path) -> None:
    (data / FILE_NAME).write_bytes(b"no database " * 500)
    page = ask(open_page(conversation="x"), QUESTION)
    assert "<strong>95.27%</strong>" in html(page)
    assert "对话没有保存" in html(page)
    assert "已损坏" in html(page)
    assert not page.exception
    assert len(ask(page, "专业对口率呢？").session_state.exchanges) == 2


def test_users_never_see_each_others_conversations(data: Path) -> None:
    mine = ask(open_page(PERSON), QUESTION)
    theirs = open_page(OTHER_PERSON)
    assert (listed(mine), listed(theirs)) == ([address(mine)], [])
    ask(theirs, "青石职业技术学院在校生有多少人？")
    assert listed(theirs) == [address(theirs)]
    assert listed(mine.run()) == [address(mine)]
    assert "打不开这段对话" in toasts(open_page(OTHER_PERSON, address(mine)))


def test_a_shared_conversation_is_read_and_continued_as_ones_own(data: Path) -> None:
    mine = ask(open_page(PERSON), QUESTION)
    shared = address(mine)
    mine.toggle(key=f"shared-{shared}").set_value(True).run()
    theirs = open_page(OTHER_PERSON, shared)
    assert "<strong>95.27%</strong>" in html(theirs)
    assert "别人分享给您的对话" in theirs.caption[0].value
    assert listed(theirs) == []
    ask(theirs, "专业对口率呢？")
    assert listed(theirs) == [address(theirs)] != [shared]
    assert len(theirs.session_state.exchanges) == 2
    assert len(open_page(PERSON, shared).session_state.exchanges) == 1


def test_another_login_in_one_session_begins_anew(data: Path) -> None:
    page = ask(open_page(PERSON), QUESTION)
    page.user = OTHER_PERSON
    page.run()
    assert (page.session_state.exchanges, listed(page)) == ([], [])
    assert "95.27%" not in html(page)


def test_before_a_login_there_is_only_the_login(data: Path) -> None:
    page = open_page({"is_logged_in": False})
    assert [button.label for button in page.button] == ["登录"]
    assert "请先登录" in html(page)
    assert "青石" not in html(page)
    assert not page.chat_input


def test_visitors_of_an_open_server_see_only_what_they_opened(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WENBAO_PAGE_ADDRESS", "0.0.0.0")
    mine, theirs = ask(open_page(), QUESTION), open_page()
    assert (listed(mine), listed(theirs)) == ([address(mine)], [])
    assert listed(open_page(conversation=address(mine))) == [address(mine)]


def test_what_a_reader_thinks_is_kept_with_the_reason(data: Path) -> None:
    page = ask(open_page(), QUESTION)
    box = FeedbackBox(Keeping(data / FILE_NAME))
    page.feedback(key="thumb-1-0").set_value(0).run()
    assert [kept.liked for kept in box.all()] == [False]
    page.text_input(key="reason-1-0").set_value("年份不对").run()
    (kept,) = box.all()
    assert (kept.reason, kept.question, kept.answer["status"]) == ("年份不对", QUESTION, "answered")
    again = open_page(conversation=address(page))
    assert again.feedback(key=f"thumb-{again.session_state.thread}-0").value == 0
    page.feedback(key="thumb-1-0").set_value(None).run()
    assert box.all() == ()


def test_an_answer_given_anew_keeps_the_one_before_and_its_feedback(data: Path) -> None:
    page = ask(ask(open_page(), QUESTION), "专业对口率呢？")
    thumb = f"thumb-{page.session_state.thread}-1"
    page.feedback(key=thumb).set_value(1).run()
    first, last = page.session_state.exchanges
    press(page, "重新回答")
    assert not page.exception
    assert page.session_state.exchanges[0] is first
    assert page.session_state.exchanges[1].earlier == (last,)
    assert page.session_state.exchanges[1].question == last.question
    assert "2 / 2" in html(page)
    assert page.feedback(key=f"{thumb}-1").value is None  # it was given for the one before
    press(page, "上一个回答")
    assert "1 / 2" in html(page)
    assert page.feedback(key=thumb).value == 1
    assert [(kept.number, kept.version, kept.liked) for kept in FeedbackBox(Keeping(data / FILE_NAME)).all()] == [
        (1, 0, True)
    ]
    again = open_page(conversation=address(page))
    assert [len(exchange.versions) for exchange in again.session_state.exchanges] == [1, 2]
    press(again, "上一个回答")
    assert again.feedback(key=f"thumb-{again.session_state.thread}-1").value == 1


def test_a_question_that_was_completed_is_asked_as_it_was_put(data: Path) -> None:
    page = ask(ask(open_page(), QUESTION), "专业对口率呢？")
    completed = page.session_state.exchanges[1]
    assert completed.is_completed
    press(page, "按原话问")
    assert not page.exception
    last = page.session_state.exchanges[1]
    assert last.question == completed.question
    assert not last.is_completed
    assert last.earlier == (completed,)
    assert "按原话问" not in [button.label for button in page.button]
    press(page, "重新回答")
    assert page.session_state.exchanges[1].is_completed


def test_a_question_is_put_otherwise_beside_its_answer_or_at_the_end(data: Path) -> None:
    page = ask(ask(open_page(), QUESTION), "在校生有多少人？")
    thread = page.session_state.thread
    page.text_area(key=f"edited-{thread}-1").set_value("专业对口率呢？")
    next(button for button in page.button if button.proto.form_id == f"edit-{thread}-1").click().run()
    first, last = page.session_state.exchanges
    assert [exchange.question for exchange in last.versions] == ["在校生有多少人？", "专业对口率呢？"]
    assert "78.4%" in last.text
    page.text_area(key=f"edited-{thread}-0").set_value("青石职业技术学院在校生有多少人？")
    next(button for button in page.button if button.proto.form_id == f"edit-{thread}-0").click().run()
    assert page.session_state.exchanges[:2] == [first, last]
    assert page.session_state.exchanges[2].question == "青石职业技术学院在校生有多少人？"


def test_conversations_are_searched_by_what_was_said(data: Path) -> None:
    kept = Conversations(Keeping(data / FILE_NAME))
    page = ask(open_page(), QUESTION)
    others = [kept.create(LOCAL_USER, [Exchange(f"第{number}问", failure="没有")]).id for number in range(5)]
    page.run()
    assert len(listed(page)) == 6
    page.text_input(key="sought-conversations").set_value("95.27% 就业率").run()
    assert listed(page) == [address(page)]
    page.text_input(key="sought-conversations").set_value("第3问").run()
    assert listed(page) == [others[3]]
    page.text_input(key="sought-conversations").set_value("食堂").run()
    assert "没有找到这样的对话" in html(page)
    page.text_input(key="sought-conversations").set_value("").run()
    assert len(listed(page)) == 6


def test_a_question_in_work_is_answered_after_a_reload(data: Path) -> None:
    kept = Conversations(Keeping(data / FILE_NAME))
    page = ask(open_page(), QUESTION)
    identity = address(page)
    place = kept.append(identity, LOCAL_USER, Exchange("专业对口率呢？"))  # as when the server ended meanwhile
    again = open_page(conversation=identity)
    assert [exchange.question for exchange in again.session_state.exchanges] == [QUESTION, "专业对口率呢？"]
    assert "78.4%" in again.session_state.exchanges[1].text
    found = kept.open(identity, LOCAL_USER)
    assert found is not None
    assert "78.4%" in found[1][place.number].text


def test_what_was_asked_meanwhile_is_answered_after_a_reload_too(data: Path) -> None:
    kept = Conversations(Keeping(data / FILE_NAME))
    asked = [QUESTION, "专业对口率呢？", "在校生有多少人？"]
    made = kept.create(LOCAL_USER, [Exchange(question) for question in asked])
    again = open_page(conversation=made.id)
    assert not again.exception
    assert [exchange.question for exchange in again.session_state.exchanges] == asked
    found = kept.open(made.id, LOCAL_USER)
    assert found is not None
    assert [exchange.question for exchange in found[1]] == asked
    assert not any(exchange.is_waiting for exchange in found[1])


def test_anothers_question_in_work_is_left_to_them(data: Path) -> None:
    kept = Conversations(Keeping(data / FILE_NAME))
    mine = ask(open_page(PERSON), QUESTION)
    identity = address(mine)
    owner = mine.session_state.conversation.owner
    kept.append(identity, owner, Exchange("专业对口率呢？"))
    kept.share(identity, owner, True)
    other = open_page(OTHER_PERSON, identity)
    assert [exchange.question for exchange in other.session_state.exchanges] == [QUESTION]


def test_an_answer_made_anew_is_asked_of_the_model_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelServer() as server:
        config = tmp_path / "config.toml"
        config.write_text(f'model = "s"\n[models.s]\nmodel = "s-1"\nbase_url = "{server.url}"\n', encoding="utf-8")
        monkeypatch.setenv("WENBAO_CONFIG", str(config))
        page = ask(open_page(), QUESTION)
        first = len(server.requests)
        press(page, "新对话")
        ask(page, QUESTION)
        assert 0 < len(server.requests) == first
        press(page, "重新回答")
        assert len(server.requests) > first
        assert len(page.session_state.exchanges) == 1


def test_an_answer_over_two_colleges_leads_to_their_comparison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_index(tmp_path / "data", write_reports(tmp_path / "reports", a=REPORT, b=OTHER_REPORT))
    monkeypatch.setenv("WENBAO_DATA", str(tmp_path / "data"))
    page = ask(open_page(), QUESTION)

    def leads() -> list[str]:
        links = [link.proto for link in page.get("page_link")]
        return [unquote(link.query_string) for link in links if link.label.startswith("多份对照")]

    assert leads() == []
    ask(page, "青石职业技术学院2023届和白河职业技术学院2022届的就业率分别是多少？")
    assert not page.exception
    assert leads() == ["view=compare&report=a.md&report=b.md&indicator=就业率"]
