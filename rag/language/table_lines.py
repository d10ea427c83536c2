"""What the lines around a table are by their wording: captions, units, frames, notes."""

from __future__ import annotations

import re

MAX_CAPTION = 60
"""Characters; a longer line is prose that begins with a table's number."""

_NUMBER = r"[0-9０-９一二三四五六七八九十]+(?:\s*[-－—–‐.．·]\s*[0-9０-９]+)*"
_CAPTION = re.compile(
    rf"^[【\[（(]?\s*(?:附|续)?表\s*(?:{_NUMBER}|[A-Z]\s*[-.]?\s*\d+)(?![年月日%％个项])(?!(?<=\d)\d)"
)
_PROSE = re.compile(
    rf"^(?:附|续)?表\s*{_NUMBER}\s*(?:所|显示|可见|可知|反映|列出|给出|说明|表明|是|为|中|的|和|及|与|至|、|，|\))|[。；，：:]$"
)
_CONTINUED = re.compile(
    rf"^[（(]?\s*续\s*(?:上)?表|^(?:附|续)?表\s*{_NUMBER}.*[（(]\s*续(?:表)?\s*[0-9一二三]*\s*[）)]|^[（(]\s*(?:接上表|接上页|续)\s*[）)]$"
)
_UNIT = re.compile(
    r"[（(【]?\s*(?<![制报送管算任与人办作奖成在设荐头系])(?:计量|金额|货币|数量)?单位\s*[：:]\s*"
    r"(?![^（）()【】\s，。；、/]*(?:大学|学院|学校|中心|公司|[局委部处厅院办所])(?:[\s，。；、（(]|$))"
    r"[^（）()【】\s，。；]{1,14}(?:\s*[、/,，]\s*[^（）()【】\s，。；]{1,8})*\s*[）)】]?"
)
_NAMED_UNIT = re.compile(
    r"[\u4e00-\u9fff]{2,6}(?<![制报送管算任与人办作奖成在设荐头系])单位\s*[：:]\s*[^（）()【】\s，。；]{1,6}"
)
"""The unit of one of a table's columns (更新次数单位：次)."""
_FRAME = re.compile(
    r"""(?:编制|填报|填表|报送|主管|预算|汇总)?(?:单位|部门)(?:名称|编码|代码)?\s*[：:].*  # 编制单位：某某大学
    |(?:学校|学院|院校|公司|企业|报表|表)(?:名称|编码|代码|编号|号)?\s*[：:].*
    |(?:公开|[财教决预]\w{0,3})\s*\d{1,3}\s*表                                      # 公开01表
    |[（(]?(?:19|20)\d\d(?:\s*[-—–~～至]\s*(?:19|20)?\d\d)?\s*(?:年度?|学年)(?:\s*\d{1,2}(?:\s*[-—–~～至]{1,2}\s*\d{1,2})?\s*月(?:\d{1,2}日)?)?[）)]?
    """,
    re.VERBOSE,
)
"""What stands between a table and its title beside the unit: whom it is of, when, which form."""
_NOTE = re.compile(
    r"^[（(【]?\s*(?:\*\s*)?(?:以上|本表)?(?:数据|资料|信息)?(?:来源|出处)\s*[：:]|^\*\s*\S|^※"
    r"|^[（(【\[]?\s*(?:备?注|说明|注释)(?:\s*\d*\s*[：:]|[】\]])"
)
MAX_WORD_LABEL = 16
"""Characters of a header cell known only by its wording."""
_LABEL = re.compile(
    r"(序号|编号|名称?|项目|类[别型]?|体系|单位|年[份度]|备注|级|等级|级别|层次|时间|日期|内容|专业(?:[（(]群[）)])?|学院|院[部系]|系部|数量?|率|"
    r"比例|占比|比重|指标|机构|情况|[合总]计|职[务称业]|地[点区]|对象|性别|学校|部门|来源|金额|排名|等次|企业|公司|证书|课程|成果|奖项|学历|性质|"
    r"方[式向]|行业|途径|人员?|说明|标准|数据|结果|值|额|分|成员|平台|领域|作品|赛项|荣誉)(?:\s*[（(][^（）()]*[）)])?$"
)
"""How the label of a column ends."""


def is_caption(text: str) -> bool:
    """Whether a line is a table's caption by its number (表1-2 …), not prose about one."""
    return bool(_CAPTION.match(text)) and len(text) <= MAX_CAPTION and not _PROSE.search(text)


def is_continued(text: str) -> bool:
    """Whether a line says that a table goes on (续表)."""
    return bool(_CONTINUED.match(text.strip())) and len(text) <= MAX_CAPTION


def split_unit(text: str) -> tuple[str, str]:
    """A line without the unit statement that only shares it, and that statement; one in brackets stays."""
    found = _UNIT.search(text)
    if not found or found.group()[0] in "（(【" or _is_inside_bracket(text[: found.start()]):
        return text, ""
    return text[: found.start()] + text[found.end() :], unit_of(text)


def _is_inside_bracket(before: str) -> bool:
    return max(map(before.rfind, "（(【")) > max(map(before.rfind, "）)】"))


def unit_of(text: str) -> str:
    """The unit statement in a line (单位：万元) without its brackets, `` where there is none."""
    found = _UNIT.search(text)
    return re.sub(r"\s", "", found.group().strip("（）()【】 ")) if found else ""


def is_unit_line(text: str) -> bool:
    """Whether a line holds nothing but a unit statement."""
    return bool(_UNIT.fullmatch(text.strip()) or _NAMED_UNIT.fullmatch(text.strip()))


def is_frame_line(text: str) -> bool:
    """Whether a line above a table tells nothing but its unit, whom it is of, when, or which form it is."""
    pieces = [piece.strip() for piece in text.split("\t") if piece.strip()]
    return bool(pieces) and all(is_unit_line(piece) or _FRAME.fullmatch(piece) for piece in pieces)


def is_note(text: str) -> bool:
    """Whether a line begins a table's source or note."""
    return bool(_NOTE.match(text.strip()))


def label_ending(text: str) -> str:
    """How the label of a column ends (名称, 人数, 备注), empty for other words."""
    found = _LABEL.search(text) if len(text) <= MAX_WORD_LABEL else None
    return found.group(1) if found else ""
