"""The two networks of PP-OCR, out of the wheel of rapidocr: where text stands, and what it says.

Only the model files of rapidocr are used. Its own driver logs, can download, and hides where each character stands
and what else it could be, which is what figures need.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from onnxruntime import InferenceSession  # type: ignore[import-untyped]

    from rag.readers.ocr.picture import Pixels

READ_HEIGHT = 48
"""Pixels a line of text is scaled to."""
MAX_READ_WIDTH = 4800
OF_FIGURES = frozenset("0123456789.,%-")
"""What a figure is made of: one such character in doubt puts the whole in doubt."""
STEP_PIXELS = 8
"""Pixels of a scaled line for which the network gives one character or none."""
MAX_THREADS = 2
MIN_PROBABILITY = 0.3
"""How sure the network is of text at a place for it to belong to a text's core."""
MIN_TEXT_PROBABILITY = 0.5
GROWTH = 1.6
"""The network marks the core of a text: its box is this much of area by circumference larger at each side."""
MIN_CORE = 3
"""Pixels, as detected; what is smaller is a speck."""
SIDE_STEP = 32
"""Pixels of which the sides of a picture are a multiple when text is looked for."""
_DETECT, _READ = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"


class TextBox(NamedTuple):
    """Where a text stands: centre, length along its direction, height across it, and degrees it is turned clockwise."""

    x: float
    y: float
    length: float
    height: float
    angle: float


class Character(NamedTuple):
    """A character as read."""

    text: str
    place: float
    """Its middle, as a share of the picture's width."""
    probability: float
    digit: str = ""
    """The digit it is most likely to be, if it is one."""
    digit_probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What the picture of one line says."""

    characters: tuple[Character, ...]

    @property
    def text(self) -> str:
        """The characters as one string."""
        return "".join(character.text for character in self.characters)

    @property
    def score(self) -> float:
        """How sure its characters are on average, and its least sure digit, whichever is less."""
        if not self.characters:
            return 0.0
        mean = sum(one.probability for one in self.characters) / len(self.characters)
        return min([mean, *(one.probability for one in self.characters if one.text in OF_FIGURES)])


class Models:
    """The networks, each loaded when it is first needed."""

    def detect(self, picture: Pixels) -> list[TextBox]:
        """Where text stands in a picture, in its pixels; large pictures are to be scaled down before."""
        import cv2

        height, width = picture.shape[:2]
        size = (_to_step(width), _to_step(height))
        fitted = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        probabilities = np.asarray(self._detector.run(None, {"x": _batch(fitted)})[0])[0, 0]
        across, down = width / size[0], height / size[1]
        return [
            TextBox(box.x * across, box.y * down, box.length * across, box.height * down, box.angle)
            for box in _boxes(probabilities)
        ]

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """What pictures of single level lines say; one after the other, as batches save neither time nor memory."""
        return [
            _decoded(
                np.asarray(self._reader.run(None, {"x": _batch(_scaled_line(line))})[0])[0],
                self._alphabet,
                self._digits,
            )
            for line in lines
        ]

    @cached_property
    def _detector(self) -> InferenceSession:
        return _session(_DETECT)

    @cached_property
    def _reader(self) -> InferenceSession:
        return _session(_READ)

    @cached_property
    def _alphabet(self) -> tuple[str, ...]:
        characters = self._reader.get_modelmeta().custom_metadata_map["character"].splitlines()
        return ("", *characters, " ")

    @cached_property
    def _digits(self) -> tuple[int, ...]:
        return tuple(self._alphabet.index(digit) for digit in "0123456789")


def _session(name: str) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.enable_cpu_mem_arena = False
    options.intra_op_num_threads = min(MAX_THREADS, os.cpu_count() or 1)
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(_model_folder() / name, options, providers=["CPUExecutionProvider"])


def _model_folder() -> Path:
    """Where rapidocr keeps its models, without importing it."""
    found = find_spec("rapidocr")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).with_name("models")


def _to_step(side: int) -> int:
    return max(SIDE_STEP, round(side / SIDE_STEP) * SIDE_STEP)


def _batch(picture: Pixels) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A picture as the networks take it: a batch of one, three channels from -1 to 1."""
    channels = picture if picture.ndim == 2 else picture.transpose(2, 0, 1)
    return np.ascontiguousarray(np.broadcast_to(channels.astype(np.float32) / 127.5 - 1, (1, 3, *picture.shape[:2])))


def _scaled_line(line: Pixels) -> Pixels:
    import cv2

    width = round(line.shape[1] * READ_HEIGHT / line.shape[0])
    size = (min(MAX_READ_WIDTH, max(STEP_PIXELS, width)), READ_HEIGHT)
    return np.asarray(cv2.resize(line, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _decoded(steps: Any, alphabet: Sequence[str], digits: Sequence[int]) -> Reading:
    """The characters of one line: the same one at neighbouring steps is one, number 0 of the alphabet is none."""
    best = steps.argmax(axis=1)
    characters, at = [], 0
    while at < len(best):
        end = at
        while end < len(best) and best[end] == best[at]:
            end += 1
        if best[at]:
            surest = at + int(steps[at:end, best[at]].argmax())
            digit = max(digits, key=lambda digit: steps[surest, digit])
            characters.append(
                Character(
                    alphabet[best[at]],
                    (at + end) / 2 / len(best),
                    float(steps[surest, best[at]]),
                    alphabet[digit],
                    float(steps[surest, digit]),
                )
            )
        at = end
    return Reading(tuple(characters))


def _boxes(probabilities: Any) -> list[TextBox]:
    import cv2

    mask = (probabilities > MIN_PROBABILITY).astype(np.uint8)
    outlines, _ = cv2.findContours(cv2.dilate(mask, np.ones((2, 2), np.uint8)), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for outline in outlines:
        (x, y), (across, down), angle = cv2.minAreaRect(outline)
        if (
            min(across, down) < MIN_CORE
            or _mean_within(probabilities, (x, y), (across, down), angle) < MIN_TEXT_PROBABILITY
        ):
            continue
        growth = across * down * GROWTH / (across + down)
        boxes.append(_text_box(x, y, across + growth, down + growth, angle))
    return boxes


def _mean_within(probabilities: Any, middle: tuple[float, float], size: tuple[float, float], angle: float) -> float:
    import cv2

    corners = cv2.boxPoints((middle, size, angle))
    height, width = probabilities.shape
    left, top = (max(0, int(edge)) for edge in corners.min(axis=0))
    right, bottom = (int(edge) + 1 for edge in corners.max(axis=0))
    part = probabilities[top : min(bottom, height), left : min(right, width)]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [(corners - (left, top)).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _text_box(x: float, y: float, across: float, down: float, angle: float) -> TextBox:
    """A rectangle with its angle brought between -45 and 45 degrees; a text set upright is higher than long."""
    while abs(angle) > 45:
        angle, across, down = angle - math.copysign(90, angle), down, across
    return TextBox(x, y, across, down, angle)
