"""The watermark bench's result as tables of the README."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from earwitness.eval.markdown import DASH, TIMES, number, percent, table

__all__ = ["LENGTHS", "SCHEMA", "length_table", "watermark_tables"]

SCHEMA = "earwitness.eval.watermark/1"
LENGTHS = "earwitness.eval.watermark_lengths/1"
OURS = "earwitness"
LABELS = {
    "earwitness": "EarWitness",
    "earwitness-soft": "soft",
    "earwitness-strong": "strong",
    "prototype": "prototype",
    "perth": "Perth 1.0.1",
    "aware": "AWARE 2.0.1",
}


def watermark_tables(content: Mapping[str, Any]) -> str:
    """All tables of a result of ``earwitness.eval.bench_watermark``."""
    parts = [_targets(content), _groups(content), _costs(content), _strengths(content)]
    return "\n\n".join(part for part in parts if part)


def _label(scheme: str) -> str:
    return LABELS.get(scheme, scheme)


def _rate(entry: Mapping[str, Any] | None, what: str) -> str:
    return (
        percent(entry[what]["mean" if "mean" in entry[what] else "rate"]) if entry and what in entry else DASH
    )


def _targets(content: Mapping[str, Any]) -> str:
    ours = content["schemes"].get(OURS)
    if not ours:
        return ""
    rows = []
    for name, entry in ours["targets"].items():
        what = "payload exact" if entry["what"] == "exact" else "detected"
        met = "yes" if entry["met"] else "no"
        interval = {"low": entry["low"], "high": entry["high"]}
        pooled = percent(entry["rate"], interval)
        rows.append(
            (name, what, str(entry["attacks"]), percent(entry["mean"]), pooled, percent(entry["target"]), met)
        )
    clips = content["clips"]
    title = (
        f"Watermark, default strength: {clips['speech']} clips of speech, {clips['speakers']} speakers, "
        f"{len(clips['languages'])} languages"
    )
    head = ("what was done", "counted", "attacks", "mean of attacks", "all trials (95 %)", "asked", "met")
    return f"{title}\n\n{table(head, rows)}"


def _groups(content: Mapping[str, Any]) -> str:
    """Payload exact / detected; of our own scheme the interval over all trials, too."""
    names = [name for name in content["schemes"] if not name.startswith("earwitness-")]
    rows = []
    for group, label in content["groups"].items():
        cells = []
        for name in names:
            entry = content["schemes"][name]["groups"].get(group)
            cells.append(f"{_rate(entry, 'exact')} / {_rate(entry, 'detected')}")
            if name == OURS:
                cells.append(_pooled(entry))
        if any(group in content["schemes"][name]["groups"] for name in names):
            rows.append((label, *cells))
    head = ["what was done"]
    for name in names:
        head.append(_label(name))
        if name == OURS:
            head.append("its trials, payload exact (95 %)")
    return f"Watermarks: payload exact / detected, mean over the attacks of a group\n\n{table(head, rows)}"


def _pooled(entry: Mapping[str, Any] | None) -> str:
    if not entry or "exact" not in entry:
        return DASH
    exact = entry["exact"]
    return f"{exact['n']}: {percent(exact['rate'], {'low': exact['low'], 'high': exact['high']})}"


def _costs(content: Mapping[str, Any]) -> str:
    rows = []
    for name, entry in content["schemes"].items():
        quality = entry["quality"]
        speed = entry.get("times_real_time", {})
        alarms = entry.get("unmarked", {}).get("false_alarms")
        rows.append(
            (
                f"{_label(OURS)}, {_label(name)}" if name.startswith("earwitness-") else _label(name),
                *(number(quality.get(metric, {}).get("mean"), 2) for metric in ("pesq_wb", "visqol")),
                number(quality.get("stoi", {}).get("mean"), 3),
                *(number(quality.get(metric, {}).get("mean"), 1) for metric in ("snr_db", "modulation_db")),
                _times(speed.get("embed")),
                _times(speed.get("detect_plain", speed.get("detect"))),
                _times(speed.get("detect_unmarked")),
                f"{alarms['hits']} of {alarms['n']}" if alarms else DASH,
            )
        )
    head = ("scheme", "PESQ-WB", "ViSQOL", "STOI", "SNR, dB", "slow modulation, dB", "embed", "detect")
    more = ("detect with search, unmarked", "false alarms in unmarked audio, attacked")
    return f"Watermarks: what they cost\n\n{table((*head, *more), rows)}"


def _times(value: float | None) -> str:
    if value is None:
        return DASH
    return f"{value:.0f} {TIMES}" if value >= 1 else f"{value:.2f} {TIMES}"


def _strengths(content: Mapping[str, Any]) -> str:
    """The trade-off: what each strength survives, for the hard attacks that all three were tried on."""
    order = ("earwitness-soft", OURS, "earwitness-strong")
    names = [name for name in order if name in content["schemes"]]
    if len(names) < 2:
        return ""
    tried = [set(content["schemes"][name]["attacks"]) for name in names]
    rows = []
    for attack in content["attacks"]:
        entries = [content["schemes"][name]["attacks"].get(attack) for name in names]
        if all(attack in one for one in tried) and all(entry and entry["n"] for entry in entries):
            rows.append((attack, *(f"{_rate(e, 'exact')} / {_rate(e, 'detected')}" for e in entries)))
    head = ("attack", *("default" if name == OURS else _label(name) for name in names))
    return f"Watermark strengths: payload exact / detected\n\n{table(head, rows)}"


def _both(entry: Mapping[str, Any]) -> str:
    return f"{_rate(entry, 'exact')} / {_rate(entry, 'detected')}"


def length_table(content: Mapping[str, Any]) -> str:
    """How long a recording must be: a result of ``earwitness.eval.mark_lengths``."""
    names = {"gsm": "GSM", "white_10db": "white noise, 10 dB"}
    columns = [
        (f"{names.get(attack, attack)}, {strength}", by_seconds)
        for attack in next(iter(content["strengths"].values()))
        for strength, by_attack in content["strengths"].items()
        for by_seconds in (by_attack[attack],)
    ]
    rows = [
        (f"{seconds} s", *(_both(by_seconds[seconds]) for _, by_seconds in columns))
        for seconds in columns[0][1]
    ]
    title = f"Watermark by length: payload exact / detected, {content['speakers']} speakers"
    return f"{title}\n\n{table(('heard', *(label for label, _ in columns)), rows)}"
