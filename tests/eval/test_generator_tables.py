"""The result as the README shows it."""

from __future__ import annotations

from typing import Any

from earwitness.eval.generator_tables import generator_tables


def value(mean: float) -> dict[str, float]:
    return {"mean": mean, "low": mean - 0.1, "high": mean + 0.1}


def target(what: str, measured: float | None, met: bool | None) -> dict[str, Any]:
    low = None if measured is None else measured - 0.05
    high = None if measured is None else measured + 0.05
    return {
        "what": what,
        "asked": "at least",
        "target": 0.9,
        "measured": measured,
        "low": low,
        "high": high,
        "met": met,
    }


def test_tables() -> None:
    content = {
        "targets": [
            target("converted voices nearer to the target", 0.93, True),
            target("GAN copies: PESQ", 2.5, False),
            target("VAE copies: PESQ", None, None),
        ],
        "clips": [{}] * 40,
        "speakers": 30,
        "sentences": 100,
        "copy": {"recording": {"mos": value(3.6)}, "gan": {"pesq": value(3.1), "mos": value(3.2)}},
        "text": {"transformer": {"wer": value(0.12), "mos": value(3.0)}},
        "speed": {"copy": {"gan": {"rtf": 0.021}}, "text": {}},
        "left_out": {"hifigan": "it was not given (--hifigan)"},
    }  # fmt: skip
    text = generator_tables(content)
    assert "40 recordings of 30 speakers" in text
    assert "| at least 90.0 % | 93.0 % (88.0–98.0) | yes |" in text  # noqa: RUF001
    assert "| GAN copies: PESQ | at least 0.90 | 2.50 (2.45–2.55) | no |" in text  # noqa: RUF001
    assert "| VAE copies: PESQ | at least 0.90 | – | – |" in text  # noqa: RUF001
    assert "| GAN vocoder | 3.10 (3.00–3.20) | – | – | 3.20 (3.10–3.30) | 0.021 |" in text  # noqa: RUF001
    assert "| transformer, VAE, GAN vocoder | 12.0 % (2.0–22.0) |" in text  # noqa: RUF001
    assert text.endswith("HiFi-GAN V1 (universal): it was not given (--hifigan)")
