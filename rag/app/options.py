"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="索引放在哪里（默认 .wenbao）")]
Reports = Annotated[Path | None, typer.Option("--reports", metavar="DIR", help="改用这个文件夹里的报告")]
Model = Annotated[str | None, typer.Option("--model", metavar="NAME", help="回答用的模型")]
Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="配置文件")]
Debug = Annotated[bool, typer.Option("--debug", help="出错时显示完整的调用过程")]
OneReport = Annotated[
    list[str] | None, typer.Option("--report", metavar="ID", help="只查这份报告：编号、文件名或名称的一部分（可多次）")
]
Ocr = Annotated[str | None, typer.Option("--ocr", metavar="auto|off", help="图片里的文字要不要识别（默认 auto）")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
