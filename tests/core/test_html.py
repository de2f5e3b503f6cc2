"""The page says everything the report says, fetches nothing, and lets nothing from a file run."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser

import numpy as np
import pytest

from earwitness.html import report_page
from earwitness.picture import Picture
from earwitness.report import Explanation, OccludedBand, OccludedCell, Report, Segment, Verdict
from earwitness.samples import Audio
from earwitness.wording import TITLE, score_words

VOID = {"meta", "img", "br", "link", "input", "hr"}
SELF_CLOSED = {"path", "circle", "rect", "stop"}


class Checker(HTMLParser):
    """Notes tags, attributes and text; complains when tags do not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID | SELF_CLOSED:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in SELF_CLOSED:
            return
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []
    return checker


@pytest.fixture(scope="module")
def picture() -> Picture:
    picture = Picture()
    noise = np.random.default_rng(0).standard_normal((1, 20 * 16_000)).astype(np.float32) * 0.1
    picture.push(Audio(samples=noise, rate=16_000))
    picture.finish()
    return picture


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_makes_a_whole_page(
    make_report: Callable[..., Report], picture: Picture, verdict: Verdict
) -> None:
    page = report_page(make_report(verdict.value, warnings=("A warning.",)), picture)
    read_page = read(page)
    for words in (
        TITLE[verdict],
        "93 %",
        score_words(make_report(verdict.value), 0.5),
        "about 13 times more probable if the speech is synthetic",
        "The reason that the judge gave.",
        "Traces of a vocoder were found.",
        "Who is speaking.",
        "A warning.",
        "call.wav",
        "ab" * 32,
        "cd" * 32,
        "16,000 Hz",
        "24 dB",
        "1.2.3",
    ):
        assert words in read_page.text
    assert ("What would help" in read_page.text) == (verdict is Verdict.INCONCLUSIVE)


def test_nothing_is_fetched(make_report: Callable[..., Report], picture: Picture) -> None:
    page = report_page(make_report(), picture)
    assert "http:" not in page
    assert "https:" not in page
    for tag, attributes in read(page).tags:
        assert tag not in ("link", "iframe", "object", "embed")
        for name in ("src", "href"):
            assert (attributes.get(name) or "data:").startswith("data:")


def test_text_from_the_file_stays_text(make_report: Callable[..., Report], picture: Picture) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    report = make_report(
        name=f"{evil}\x1b.wav",
        file={"tags": {evil: evil}},
        warnings=(evil,),
        reason=evil,
        channels=2,
        apart=True,
    )
    page = report_page(report, picture)
    checker = read(page)
    assert [tag for tag, _ in checker.tags].count("script") == 1
    assert not any("onerror" in attributes for _, attributes in checker.tags)
    assert "\x1b" not in page
    assert "alert(1)" in checker.text


def test_the_policy_allows_our_script_and_no_other(
    make_report: Callable[..., Report], picture: Picture
) -> None:
    page = report_page(make_report(), picture)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_a_lone_surrogate_can_be_written(make_report: Callable[..., Report]) -> None:
    report_page(make_report(reason="\udc80"), None).encode("utf-8")


def test_page_without_picture_or_score(make_report: Callable[..., Report]) -> None:
    text = read(report_page(make_report("inconclusive", None), None)).text
    assert "No score" in text
    assert "No picture was taken" in text


def test_prior_and_thresholds_and_time_are_told(make_report: Callable[..., Report], picture: Picture) -> None:
    page = report_page(
        make_report(prior=0.02),
        picture,
        prior=0.02,
        created=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
    )
    text = read(page).text
    assert "2 % taken as the chance before looking" in text
    assert "synthetic from LLR +3.00, likely synthetic from +1.50, likely human up to -1.25" in text
    assert "2026-01-02 03:04 UTC" in text


def test_channels_get_columns_and_lanes(make_report: Callable[..., Report], picture: Picture) -> None:
    text = read(report_page(make_report(channels=2, apart=True), picture)).text
    for words in ("Channel 1", "Channel 2", "Ch. 1", "Ch. 2"):
        assert words in text


def test_many_stretches_are_cut_and_counted(make_report: Callable[..., Report]) -> None:
    report = make_report(llr=1.4, duration_s=600.0)
    text = read(report_page(report, None)).text
    assert re.search(r"And \d+ more; the", text)


def test_the_stretches_listed_are_those_of_the_verdict(make_report: Callable[..., Report]) -> None:
    called = (Segment(start_s=3.0, end_s=3.9, p_synthetic=0.9, llr_synthetic=2.2),)
    report = make_report("partly_synthetic", llr=1.4, duration_s=600.0, stretches=called)
    text = read(report_page(report, None)).text
    assert "The stretches that the verdict rests on" in text
    assert re.search(r"0:03\.0 0:03\.9 0\.9 s 90 %", text)
    assert re.search(r"Raised as well, too weakly to be called: \d+ more; the JSON", text)
    assert text.count("0.9 s") == 1


def test_what_the_detector_reacted_to_is_a_table_with_its_limit(make_report: Callable[..., Report]) -> None:
    found = Explanation(
        start_s=7.2, end_s=10.2, llr_synthetic=4.2, sentence="Without <it> the LLR would fall.",
        bands=(OccludedBand(low_hz=5500, high_hz=7000, drop_llr=3.1),
               OccludedBand(low_hz=7000, high_hz=8000, drop_llr=-0.4)),
        cells=(OccludedCell(low_hz=5500, high_hz=7000, start_s=7.2, end_s=10.2, drop_llr=1.5),),
        cannot_tell="It is no proof.",
    )  # fmt: skip
    checker = read(report_page(make_report(explanation=(found,)), None))
    for words in ("What the detector reacted to", "Without <it> the LLR would fall.", "It is no proof.",
                  "5.5–7 kHz 3.1 1.5", "7–8 kHz \u22120.4"):  # fmt: skip  # noqa: RUF001
        assert words in checker.text
    classes = [attributes.get("class") for tag, attributes in checker.tags if tag == "td"]
    assert classes.count("more") == 2
    assert classes.count("less") == 1
    assert "What the detector reacted to" not in report_page(make_report(), None)


def test_pictures_have_words_for_those_who_cannot_see(
    make_report: Callable[..., Report], picture: Picture
) -> None:
    for tag, attributes in read(report_page(make_report(), picture)).tags:
        if tag == "img":
            assert attributes.get("alt")
        if tag == "svg":
            assert attributes.get("aria-label") or attributes.get("aria-hidden") == "true"
