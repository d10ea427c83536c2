"""Charts as pictures: the figures on them stand in no text layer, as in most printed reports."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from markup import Chart
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, FONT_SIZE = 1100, 520, 30
INK, AXIS, PAPER = "#333333", "#8a8f98", "white"
PALETTE = ("#3b6ea5", "#c98b3c", "#5f9470", "#a65a5a", "#7b6a9b", "#8c8c8c")


def draw_chart(chart: Chart, path: Path) -> None:
    """Draw a chart as a PNG of few colours."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    font = ImageFont.truetype(font_file("Noto Sans CJK SC"), FONT_SIZE)
    {"bars": draw_bars, "columns": draw_columns, "pie": draw_pie}[chart.kind](ImageDraw.Draw(picture), font, chart)
    picture.quantize(32).save(path, optimize=True)


def font_file(family: str) -> str:
    """Return the file that fontconfig chooses for a family."""
    return subprocess.run(["fc-match", "-f", "%{file}", family], capture_output=True, text=True, check=True).stdout


def numbers(chart: Chart) -> list[float]:
    """Return the values without their units."""
    return [float(re.sub(r"[^\d.]", "", value)) for _, value in chart.values]


def draw_bars(draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, chart: Chart) -> None:
    """Draw horizontal bars, the largest value filling the width."""
    values, left, step = numbers(chart), 250, HEIGHT / len(chart.values)
    for index, (label, text) in enumerate(chart.values):
        middle = step * (index + 0.5)
        width = (WIDTH - left - 180) * values[index] / max(values)
        half = min(step * 0.3, 40)
        draw.rectangle((left, middle - half, left + width, middle + half), fill=PALETTE[0])
        draw.text((left - 16, middle), label, INK, font, anchor="rm")
        draw.text((left + width + 14, middle), text, INK, font, anchor="lm")
    draw.line((left, 0, left, HEIGHT), fill=AXIS, width=2)


def draw_columns(draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, chart: Chart) -> None:
    """Draw upright columns over a base line."""
    values, base, step = numbers(chart), HEIGHT - 60, WIDTH / len(chart.values)
    for index, (label, text) in enumerate(chart.values):
        middle = step * (index + 0.5)
        top = base - (base - 60) * values[index] / max(values)
        half = min(step * 0.28, 70)
        draw.rectangle((middle - half, top, middle + half, base), fill=PALETTE[0])
        draw.text((middle, top - 8), text, INK, font, anchor="mb")
        draw.text((middle, base + 12), label, INK, font, anchor="mt")
    draw.line((40, base, WIDTH - 40, base), fill=AXIS, width=2)


def draw_pie(draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, chart: Chart) -> None:
    """Draw a pie with its legend at the right."""
    values, start, radius = numbers(chart), -90.0, HEIGHT / 2 - 30
    centre_x, centre_y = 340, HEIGHT / 2
    for index, (label, text) in enumerate(chart.values):
        end = start + 360 * values[index] / sum(values)
        box = (centre_x - radius, centre_y - radius, centre_x + radius, centre_y + radius)
        draw.pieslice(box, start, end, fill=PALETTE[index], outline=PAPER, width=3)
        line = centre_y + (index - (len(values) - 1) / 2) * 70
        draw.rectangle((680, line - 14, 708, line + 14), fill=PALETTE[index])
        draw.text((726, line), f"{label}　{text}", INK, font, anchor="lm")
        start = end
