"""Every number of a result is in its row; schemes that were not tried on something show a dash."""

from typing import Any

from earwitness.eval.markdown import DASH, TIMES
from earwitness.eval.watermark_tables import watermark_tables


def share(rate: float, n: int = 100, **more: float) -> dict[str, Any]:
    return {"hits": round(rate * n), "n": n, "rate": rate, "low": rate - 0.05, "high": rate, **more}


def scheme(rate: float) -> dict[str, Any]:
    return {
        "attacks": {"gsm": {"n": 100, "detected": share(rate), "exact": share(rate)}},
        "groups": {
            "gsm": {"attacks": 1, "n": 100, "detected": share(1.0, mean=1.0), "exact": share(rate, mean=rate)}
        },
        "targets": {
            "gsm": {
                "what": "exact",
                "target": 0.9,
                "met": rate >= 0.9,
                "attacks": 1,
                **share(rate, mean=rate),
            }
        },
        "quality": {"pesq_wb": {"mean": 4.512}, "stoi": {"mean": 0.9912}, "modulation_db": {"mean": 1.23}},
    }


def result() -> dict[str, Any]:
    ours = scheme(0.93) | {
        "times_real_time": {"embed": 123.4, "detect": 90.0, "detect_plain": 250.6, "detect_unmarked": 20.0},
        "unmarked": {"false_alarms": share(0.0, 4_000)},
    }
    perth = scheme(0.2) | {"times_real_time": {"embed": 0.15, "detect": 40.0, "detect_unmarked": 41.0}}
    del perth["groups"]["gsm"]["exact"]
    return {
        "clips": {"speech": 220, "speakers": 90, "languages": {"en": 1, "de": 1}},
        "groups": {"none": "as marked", "gsm": "GSM"},
        "attacks": {"none": {}, "gsm": {}},
        "schemes": {"earwitness-soft": scheme(0.5), "earwitness": ours, "perth": perth},
    }


def test_rows() -> None:
    lines = watermark_tables(result()).splitlines()
    assert lines[0] == "Watermark, default strength: 220 clips of speech, 90 speakers, 2 languages"
    assert f"| gsm | payload exact | 1 | 93.0 % | 93.0 % (88.0{DASH}93.0) | 90.0 % | yes |" in lines
    assert f"| GSM | 93.0 % / 100.0 % | 100: 93.0 % (88.0{DASH}93.0) | {DASH} / 100.0 % |" in lines
    assert not any(line.startswith("| as marked") for line in lines)
    cost = ["EarWitness", "4.51", DASH, "0.991", DASH, "1.2", f"123 {TIMES}", f"251 {TIMES}", f"20 {TIMES}"]
    assert f"| {' | '.join(cost)} | 0 of 4000 |" in lines
    assert any(
        line.startswith("| Perth 1.0.1 | 4.51") and f"0.15 {TIMES} | 40 {TIMES}" in line for line in lines
    )
    assert "| gsm | 50.0 % / 50.0 % | 93.0 % / 93.0 % |" in lines


def test_without_ours_only_the_comparison_is_left() -> None:
    content = result()
    content["schemes"] = {"perth": content["schemes"]["perth"]}
    text = watermark_tables(content)
    assert "asked" not in text
    assert "strengths" not in text
    assert "Perth 1.0.1" in text
