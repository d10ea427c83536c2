from __future__ import annotations

import pytest

from rag.keeping.people import is_link_of_this_machine, is_on_this_machine, user_key, user_name

LOCAL = {"Host": "127.0.0.1:8501"}


def test_a_key_is_one_persons_and_names_nobody() -> None:
    one = {"iss": "https://id.example", "sub": "17", "email": "a@example.cn", "name": "甲"}
    assert user_key(one) == user_key({**one, "email": "new@example.cn", "name": "乙"})
    assert user_key(one) != user_key({**one, "sub": "18"})
    assert user_key(one) != user_key({**one, "iss": "https://other.example"})
    assert user_key({"email": "a@example.cn"}) != user_key({"email": "b@example.cn"})
    assert "a@example.cn" not in user_key(one)
    assert len(user_key(one)) == 64


@pytest.mark.parametrize("claims", [{}, {"iss": "https://id.example"}, {"sub": "", "email": None}])
def test_nobody_has_no_key(claims: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="nobody"):
        user_key(claims)


@pytest.mark.parametrize(
    ("claims", "name"), [({"name": "甲", "email": "a@b"}, "甲"), ({"email": "a@b"}, "a@b"), ({}, "已登录")]
)
def test_name(claims: dict[str, str], name: str) -> None:
    assert user_name(claims) == name


@pytest.mark.parametrize(
    ("address", "headers", "expected"),
    [
        ("127.0.0.1", {}, True),
        ("127.0.0.1", LOCAL, True),
        ("::1", {"Host": "[::1]:8501"}, True),
        ("localhost", {"Host": "localhost"}, True),
        ("127.0.0.1", {"Host": "wenbao.example.cn"}, False),
        ("127.0.0.1", {"Host": ""}, False),
        ("127.0.0.1", {"Accept": "*"}, False),
        ("127.0.0.1", {**LOCAL, "X-Forwarded-For": "10.0.0.7"}, False),
        ("127.0.0.1", {**LOCAL, "forwarded": "for=10.0.0.7"}, False),
        ("0.0.0.0", LOCAL, False),
        ("10.0.0.5", {"Host": "10.0.0.5:8501"}, False),
        ("wenbao.example.cn", LOCAL, False),
    ],
)
def test_only_what_can_not_come_from_elsewhere_is_local(address: str, headers: dict[str, str], expected: bool) -> None:
    assert is_on_this_machine(address, headers) is expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("http://127.0.0.1:8501?c=x", True),
        ("http://localhost:8501/?c=x", True),
        ("https://wenbao.example.cn/?c=127.0.0.1", False),
        ("?c=x", False),
    ],
)
def test_a_link_that_opens_nowhere_else(link: str, expected: bool) -> None:
    assert is_link_of_this_machine(link) is expected
