"""Plain words for what a report says: shared by the terminal panel and the HTML page.

No sentence here claims more than the report does; none calls a recording genuine.
"""

from __future__ import annotations

import math
import unicodedata

from earwitness.report import Report, Verdict

__all__ = [
    "AT_YOUR_ODDS",
    "FOOTNOTE",
    "MEANING",
    "TITLE",
    "WITHOUT_CREDENTIALS",
    "channel_name",
    "clean",
    "clock",
    "file_size",
    "llr_words",
    "meaning",
    "percent",
    "prior_words",
    "score_words",
    "threshold_words",
    "what_would_help",
]

TITLE: dict[Verdict, str] = {
    Verdict.SYNTHETIC: "Synthetic speech",
    Verdict.LIKELY_SYNTHETIC: "Likely synthetic",
    Verdict.PARTLY_SYNTHETIC: "Partly synthetic",
    Verdict.INCONCLUSIVE: "Inconclusive",
    Verdict.LIKELY_HUMAN: "Likely human",
}

MEANING: dict[Verdict, str] = {
    Verdict.SYNTHETIC: "Strong traces of machine-generated speech were found.",
    Verdict.LIKELY_SYNTHETIC: "Traces of machine-generated speech were found; they are not overwhelming.",
    Verdict.PARTLY_SYNTHETIC: "Some stretches carry traces of machine-generated speech, others do not.",
    Verdict.INCONCLUSIVE: "This recording does not allow a verdict either way.",
    Verdict.LIKELY_HUMAN: "No traces of known speech generators were found. That is not a proof of origin.",
}

_MARK_MEANING = {
    "proof": "A verified private mark says that this audio was generated.",
    "claim": "A published mark says that this audio was generated. Anybody can make such a mark.",
    "traces": "There are traces of a mark that says that this audio was generated.",
}

_CREDENTIALS_MEANING = {
    Verdict.SYNTHETIC: "A signer whom you trust says that this audio was generated.",
    Verdict.PARTLY_SYNTHETIC: "A signer whom you trust says that parts of this audio were generated.",
    Verdict.LIKELY_SYNTHETIC: "Credentials that are no proof say that this audio was generated.",
}

AT_YOUR_ODDS = "At the odds that you gave"
"""Begins the reason of a verdict that is another than at equal odds."""

_ODDS_FINDING = "This rests on the odds that you gave: the recording alone would not be called so."
_ODDS_MEANING = {
    Verdict.INCONCLUSIVE: f"{AT_YOUR_ODDS}, this recording does not allow a verdict either way.",
    Verdict.LIKELY_HUMAN: f"{_ODDS_FINDING} It is not a proof of origin.",
}

WITHOUT_CREDENTIALS = "Without the credentials:"
"""Stands in the reason of a verdict that credentials decided, before what the rest says."""

FOOTNOTE = (
    "A detector's result is one piece of evidence, not a proof. A missing watermark or credential says "
    "nothing. Generators newer than the detector may leave traces it does not know."
)

LITTLE_SPEECH_S = 10.0
NOISY_DB = 15.0
NARROW_HZ = 7_000.0
CLIPPED = 0.01
MUSICAL = 0.5
MILLION = 1e6


def meaning(report: Report) -> str:
    """What the verdict means, in one sentence; where a mark, credentials or a prior decided, that is said."""
    if WITHOUT_CREDENTIALS in report.reason:
        return _CREDENTIALS_MEANING.get(report.verdict, MEANING[report.verdict])
    decided = _deciding_mark(report)
    if decided is not None:
        return _MARK_MEANING[decided]
    return _ODDS_MEANING.get(report.verdict, _ODDS_FINDING) if _by_odds(report) else MEANING[report.verdict]


def percent(p: float) -> str:
    """Probability 0..1 as words that never claim certainty: 0.9999 is "over 99.9 %"."""
    if p > 0.999:
        return "over 99.9 %"
    if p < 0.001:
        return "under 0.1 %"
    digits = 1 if p > 0.99 or p < 0.01 else 0
    return f"{100 * p:.{digits}f} %"


def prior_words(prior: float) -> str:
    """The odds before looking, as they belong behind a probability; ``prior`` 0..1."""
    if prior == 0.5:
        return "at equal odds before looking"
    return f"with {percent(prior)} taken as the chance before looking"


def llr_words(llr: float) -> str:
    """What a natural-log likelihood ratio says, e.g. "25 times more probable if ... synthetic"."""
    ratio = math.exp(min(abs(llr), 50.0))
    if ratio < 1.15:
        return "the findings fit synthetic and human speech about equally well"
    one, other = ("synthetic", "human") if llr > 0 else ("human", "synthetic")
    times = "over a million" if ratio >= MILLION else f"about {_two_digits(ratio)}"
    return f"the findings are {times} times more probable if the speech is {one} than if it is {other}"


def clean(text: str) -> str:
    """Text from outside (file names, tags) made harmless to show.

    Control characters could drive a terminal, direction marks could reorder a line and lone
    surrogates cannot be written as UTF-8: each becomes its visible code, e.g. ``\\x1b``.
    """
    return "".join(
        ch if ch == " " or unicodedata.category(ch) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else _code(ch)
        for ch in text
    )


def clock(seconds: float, *, tenths: bool = False) -> str:
    """Seconds as m:ss or h:mm:ss, with tenths when asked."""
    units = round(seconds * 10) if tenths else int(seconds + 0.5) * 10
    minutes, rest = divmod(units, 600)
    hours, minutes = divmod(minutes, 60)
    end = f"{rest // 10:02d}.{rest % 10}" if tenths else f"{rest // 10:02d}"
    return f"{hours}:{minutes:02d}:{end}" if hours else f"{minutes}:{end}"


def file_size(size: int) -> str:
    """Bytes in decimal units: 1_234_567 is "1.2 MB"."""
    if size < 1000:
        return f"{size} bytes"
    power = min(int(math.log10(size) / 3), 4)
    if size / 1000**power >= 999.5 and power < 4:  # 999,999 bytes are 1.0 MB, not 1000 kB
        power += 1
    value, unit = size / 1000**power, ("", "kB", "MB", "GB", "TB")[power]
    return f"{value:.1f} {unit}" if value < 99.5 else f"{value:.0f} {unit}"


def channel_name(channel: int | None) -> str:
    """0 is "channel 1": people count from one; None is the whole recording."""
    return "whole recording" if channel is None else f"channel {channel + 1}"


def score_words(report: Report, prior: float) -> str:
    """What the report's probability is the probability of."""
    partly = report.verdict is Verdict.PARTLY_SYNTHETIC
    speech = "the speech as a whole" if partly else "the speech"
    decided = _deciding_mark(report)
    # A proof for the whole recording is in the number; a claim or a part is not.
    outside = decided is not None and (partly or decided != "proof")
    alone = " by its sound alone" if outside or WITHOUT_CREDENTIALS in report.reason else ""
    return f"probability that {speech} is synthetic{alone}, {prior_words(prior)}"


def threshold_words(report: Report) -> str | None:
    """The thresholds in force, as a sentence without its full stop; None where the report has none."""
    if report.thresholds is None:
        return None
    limits = report.thresholds
    return (
        f"synthetic from LLR {limits.synthetic:+.2f}, likely synthetic from {limits.likely_synthetic:+.2f}, "
        f"likely human up to {limits.likely_human:+.2f}"
    )


def what_would_help(report: Report) -> tuple[str, ...]:
    """For an inconclusive report: what to obtain so that the next check can say more."""
    if report.verdict is not Verdict.INCONCLUSIVE:
        return ()
    quality = report.quality
    if quality.speech_s == 0.0:  # silence and noise do not get better by being longer
        return ("A recording in which somebody speaks: no speech was found here.",)
    advice: list[str] = []
    if quality.speech_s < LITTLE_SPEECH_S:
        advice.append(
            f"A longer excerpt: only {quality.speech_s:.1f} s of speech were found here; "
            f"{LITTLE_SPEECH_S:.0f} s or more of one voice say much more."
        )
    narrow = quality.bandwidth_hz is not None and quality.bandwidth_hz < NARROW_HZ
    if quality.heavy_compression or quality.telephone or narrow:
        advice.append(
            "A better copy: the file as first recorded or published, not one that went through a "
            "messenger, a phone line or a re-upload."
        )
    if quality.snr_db is not None and quality.snr_db < NOISY_DB:
        advice.append(f"A copy with less background noise (estimated {quality.snr_db:.0f} dB here).")
    if quality.clipped_fraction > CLIPPED:
        advice.append("A copy that was not overdriven: this one is clipped.")
    if quality.music_likeness is not None and quality.music_likeness > MUSICAL:
        advice.append("A passage without music under the voice.")
    if report.file.truncated:
        advice.append("The complete file: this one ends early or is damaged.")
    if not advice:
        advice.append("More speech of the same voice: the score lies between the thresholds in force.")
    return tuple(advice)


def _deciding_mark(report: Report) -> str | None:
    """Outcome of the mark that the verdict's reason names; None where no mark decided."""
    for item in report.evidence:
        if item.kind == "watermark" and item.outcome in _MARK_MEANING and item.sentence in report.reason:
            return item.outcome
    return None


def _by_odds(report: Report) -> bool:
    """True where the detector's sentence that is the verdict's reason says that it rests on the prior."""
    return any(
        item.kind == "detector" and AT_YOUR_ODDS in item.sentence and item.sentence in report.reason
        for item in report.evidence
    )


def _code(character: str) -> str:
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def _two_digits(ratio: float) -> str:
    if ratio < 10:
        return f"{ratio:.1f}"
    magnitude = 10 ** (int(math.log10(ratio)) - 1)
    return f"{round(ratio / magnitude) * magnitude:,}"
