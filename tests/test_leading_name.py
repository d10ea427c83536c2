"""`rag.question.leading_name`, and that a name no report has is refused."""

import pytest

from rag.question.leading_name import leading_name


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("武职就业率是多少", "武职"),
        ("请问北大2023届毕业生有多少人", "北大"),
        ("清华的就业率", "清华"),
        ("就业率是多少", ""),
        ("生均经费是多少", ""),
        ("高职学生有多少", ""),
        ("国奖有多少人", ""),
        ("雅思考试有多少人", ""),
        ("复旦的就业率", "复旦"),
        ("专任教师多少人", ""),
        ("武汉就业的毕业生有多少", ""),
        ("2023年就业率", ""),
        ("", ""),
    ],
)
def test_the_name_a_question_opens_with(question: str, name: str) -> None:
    assert leading_name(question) == name
