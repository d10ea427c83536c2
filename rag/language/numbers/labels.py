"""What has a number in it and is no figure: labels, codes, ordinals, titles, addresses."""

from __future__ import annotations

import re

from rag.language.numbers.numerals import CHINESE
from rag.language.numbers.scopes import scope_at
from rag.language.numbers.units import GAP, UNIT

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
       | (?!1:)(?<!比)(?<!比[为是约例])(?<!比例[为是约])(?:[01]?\d|2[0-4]):[0-5]\d(?!\d)(?::[0-5]\d)? | \d+:\d+:\d+
       | \d(?:\+[0-9A-Za-z])+(?![\d.%]) | [2-6]G(?![A-Za-z]) | \d+(?:\.\d+)?\^\(?-?\d+\)? | \d{{1,2}}[⁰¹²³⁴-⁹]+(?![ ]?(?:[万亿%‰]|{UNIT}))
       | \d{{1,2}}[时点](?![间代期空段长尚建要意])
       | \d+[万亿]*[ ]?(?:[强级楼室型](?!化|调|师)|人间(?!接)|[幢栋]\d+|路(?=公交|车|[、,到至])|号(?!召)|班(?!次|级|子|组)|后(?=[^\d,。;、]{{0,3}}(?:青年|学生|大学生|教师))|年代|世纪|等奖|年级|年制|\#)
       | (?:985|211)(?=工程|高校|院校|大学|[、/])
       | [{CHINESE}]+(?:等奖|年级|年制|级|期工程|期建设|年一贯|人间(?!接)|届[{CHINESE}]+次)""",
    re.VERBOSE,
)
_LEADER = re.compile(r"(?:\.{3,}|…|·{3,}|_{3,})[ ]?$")
_ORDINAL = re.compile(rf"第[ ]?(?:(?:\d+|(?P<chinese>[{CHINESE}]+))(?P<list>[、和与及至到~-]))?$|(?P<first>前)[ ]?$")
_LABEL = re.compile(
    r"(?:附件|附表|附图|(?<![发代报列填仪手量外])表|(?<![地企意力版])图|案例|专栏|模块|任务|Table|Fig\.?)[ ]?$"
)
_IDENTIFIER = re.compile(
    r"""(?:[学工编座证批账帐卡]号|编码|代码|邮编|邮政编码|电话|热线|传真|手机|专利号|文号|QQ|IS[BS]N|附注[一二三四五六七八九十]*、?)
        (?:号码?)?[为是: ]*$""",
    re.VERBOSE,
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
    if (ordinal := _ORDINAL.search(before)) and _is_ranked(ordinal, run):
        return run.end()
    if run[0][0].isdecimal() and (_LABEL.search(before) or _IDENTIFIER.search(before)):
        number = _LABEL_NUMBER.match(folded, at)
        counted = run[0].isdecimal() and _COUNTED.match(folded, run.end())
        return None if counted or number is None else number.end()
    return None


def _is_ranked(ordinal: re.Match[str], run: re.Match[str]) -> bool:
    """第3, 前10名, and the second of 第一、二; not 30 of 第二、30人获奖."""
    if ordinal["first"]:
        return run.string[run.end() : run.end() + 1] in tuple("名位强列")
    return not ordinal["list"] or bool(ordinal["chinese"]) != run[0][0].isdecimal()
