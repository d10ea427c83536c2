"""What has a number in it and is no figure: labels, codes, ordinals, titles, addresses."""

from __future__ import annotations

import re

from rag.numbers.numerals import CHINESE
from rag.numbers.scopes import scope_at
from rag.numbers.units import GAP, UNIT

RUN = re.compile(rf"\d+(?:\.\d+)*|[{CHINESE}]+")

# Stretches in which no figure stands, each behind a character without which it need not be looked for.
_OPAQUE = (
    ("《", re.compile(r"《[^《》\n]{1,80}》")),
    ("@", re.compile(r"[A-Za-z0-9._+-]{1,64}+@[A-Za-z0-9.-]+")),
    ("://", re.compile(r"[a-z]{3,8}://[!-~]+")),
    ("www.", re.compile(r"www\.[!-~]+")),
    ("号", re.compile(r"[〔\[(【]\s?(?:19|20)\d\d\s?[〕\])】]\s?第?\s?\d+\s?号")),
)
QUOTATION = re.compile(r"“[^“”\n]{1,20}”|‘[^‘’\n]{1,20}’|「[^「」\n]{1,20}」|\"[^\"\n]{1,20}\"")
_FIXED = re.compile(
    "两个(?:确立|维护|毫不动摇|结合)|四个(?:意识|自信|全面|服务)|三个(?:代表|面向)|八项规定|三支一扶|[三四五七]位一体|最后一公里|五台[山县]|三门[峡县]"
)
# What a number is part of when it begins so.
_CODE = re.compile(
    rf"""\d+(?:\.\d+){{2,}}
       | \d+(?:-\d+){{2,}} | 0\d{{2,3}}-\d{{7,8}} | \d+-\d+(?![.\d%‰]|{GAP}[余多]?[万亿]?(?:{UNIT}))
       | (?!1:)(?:[01]?\d|2[0-3]):[0-5]\d(?!\d)(?::[0-5]\d)? | \d+:\d+:\d+
       | \d(?:\+[0-9A-Za-z])+(?![\d.%]) | [2-6]G(?![A-Za-z])
       | \d{{1,2}}[时点](?![间代期空段长尚建要意])
       | \d+[万亿]*[ ]?(?:[强级楼室](?!化|调|师)|号(?!召)|班(?!次|级|子|组)|后(?=[^\d,。;、]{{0,3}}(?:青年|学生|大学生|教师))|年代|世纪|等奖|年级|年制|\#)
       | (?:985|211)(?=工程|高校|院校|大学|[、/])
       | [{CHINESE}]+(?:等奖|年级|年制|级|期工程|期建设|年一贯)""",
    re.VERBOSE,
)
_LEADER = re.compile(r"(?:\.{3,}|…|·{3,}|_{3,})[ ]?$")
_ORDINAL = re.compile(r"第[ ]?$|前[ ]?$")
_LABEL = re.compile(
    r"(?:附件|附表|附图|(?<![发代报列填仪手量外])表|(?<![地企意力版])图|案例|专栏|模块|任务|Table|Fig\.?)[ ]?$"
)
_LABEL_NUMBER = re.compile(r"\d+(?:[-.]\d+)*")
_COUNTED = re.compile(rf"[ ]?[余多]?[万亿]?(?:{UNIT})")
LINE_OPENING = re.compile(r"\n[ #*•·|>-]*$")


def without_opaque(folded: str) -> str:
    """The text with titles in 《》, addresses, document numbers and set phrases blanked out, length kept."""
    for mark, pattern in _OPAQUE:
        if mark in folded:
            folded = pattern.sub(lambda match: "\0" * len(match[0]), folded)
    return _FIXED.sub(lambda match: "\0" * len(match[0]), folded)


def end_of_label(folded: str, at: int, before: str) -> int | None:
    """End of the date, label or code whose number begins at `at`, None where a figure may begin."""
    if scope := scope_at(folded, at):
        return scope.end
    if code := _CODE.match(folded, at):
        return code.end()
    run = RUN.match(folded, at)
    if run is None:
        return None
    if _LEADER.search(before):
        return run.end()
    if _ORDINAL.search(before):
        ranked = before.rstrip()[-1] == "第" or re.match("名|位|强|列", folded[run.end() : run.end() + 1])
        return run.end() if ranked else None
    if _LABEL.search(before) and run[0][0].isdecimal():
        number = _LABEL_NUMBER.match(folded, at)
        counted = run[0].isdecimal() and _COUNTED.match(folded, run.end())
        return None if counted or number is None else number.end()
    return None
