"""What answerers are called where their own name says too little."""

from __future__ import annotations

from rag.settings.settings import EXTRACTIVE

MODEL_NAMES = {EXTRACTIVE: "摘录式（内置，不联网）"}
