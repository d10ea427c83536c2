from __future__ import annotations

import asyncio

import pytest
from conftest import write_report
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from rag.app.assembly import build_ingest, open_index
from rag.app.langchain_retriever import WenbaoRetriever
from rag.records import Filters
from rag.settings.settings import Settings


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("langchain")
    write_report(folder / "reports" / "甲.txt", "东湖职业技术学院", 8123)
    write_report(folder / "reports" / "乙.txt", "西山职业技术学院", 9456, 2022)
    settings = Settings(data=folder / "data")
    index = open_index(settings)
    assert len(build_ingest(settings, index).run([folder / "reports"]).added) == 2
    index.close()
    return folder / "data"


def test_documents_are_verbatim_and_know_where_they_stand(data):
    documents = WenbaoRetriever.open(data).invoke("东湖职业技术学院有多少在校生？")
    assert isinstance(documents[0], Document)
    first = documents[0]
    assert "8123人" in first.metadata["quote"]
    assert first.metadata["quote"] in first.page_content
    known = {name: first.metadata[name] for name in ("report", "college", "year", "page", "page_label")}
    assert known == {"report": "甲.txt", "college": "东湖职业技术学院", "year": 2023, "page": None, "page_label": None}
    assert first.metadata["section"] == ["一、学校概况"]
    assert "质量年度报告" in first.metadata["title"]
    scores = [document.metadata["score"] for document in documents]
    assert scores == sorted(scores, reverse=True)


def test_filters_narrow_the_search(data):
    retriever = WenbaoRetriever.open(data, filters=Filters(reports=("乙",)))
    assert {document.metadata["report"] for document in retriever.invoke("在校生有多少人")} == {"乙.txt"}


def test_it_drops_into_a_chain(data):
    retriever = WenbaoRetriever.open(data)
    quotes = RunnableLambda(lambda documents: [document.metadata["quote"] for document in documents])
    chain = {"quotes": retriever | quotes, "question": RunnablePassthrough()} | RunnableLambda(
        lambda given: f"{given['question']}→{given['quotes'][0]}"
    )
    answer = chain.invoke("西山职业技术学院2022届毕业生就业率")
    assert answer.startswith("西山职业技术学院2022届毕业生就业率→")
    assert "96.5%" in answer


def test_it_works_asynchronously_and_in_batches(data):
    retriever = WenbaoRetriever.open(data)
    questions = ["东湖职业技术学院在校生", "西山职业技术学院在校生"]
    batched = [documents[0].metadata["report"] for documents in retriever.batch(questions)]
    awaited = [asyncio.run(retriever.ainvoke(question))[0].metadata["report"] for question in questions]
    assert batched == awaited == ["甲.txt", "乙.txt"]
