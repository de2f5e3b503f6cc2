"""provenance/label_text.py: JSON there and back, and what others write."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.labels import AigcLabel, LatentDisclosure
from earwitness.provenance.label_text import aigc_text, disclosure_text, read_aigc, read_disclosure

texts = st.text(max_size=40)


@given(st.builds(AigcLabel, st.sampled_from("123"), texts, texts, texts, texts, texts, texts))
def test_any_aigc_label_comes_back(label: AigcLabel) -> None:
    text = aigc_text(label)
    assert text.isascii()
    assert read_aigc(text) == label
    assert list(json.loads(text)) == [
        "Label",
        "ContentProducer",
        "ProduceID",
        "ReservedCode1",
        "ContentPropagator",
        "PropagateID",
        "ReservedCode2",
    ]


@given(st.builds(LatentDisclosure, st.just(""), texts, texts, texts, texts, texts, texts))
def test_any_disclosure_comes_back(label: LatentDisclosure) -> None:
    assert read_disclosure(disclosure_text(label)) == label


def test_a_disclosure_inside_another() -> None:
    old = LatentDisclosure(source="trainedAlgorithmicMedia", provider="First")
    new = LatentDisclosure(source="compositeWithTrainedAlgorithmicMedia", provider="Second", made_from=old)
    text = disclosure_text(new)
    assert read_disclosure(text) == new
    assert json.loads(text)["digitalSourceType"].startswith("http://cv.iptc.org/newscodes/digitalsourcetype/")


def test_labels_nested_without_end_are_cut() -> None:
    nested: LatentDisclosure | None = None
    for _ in range(50):
        nested = LatentDisclosure(provider="x", made_from=nested)
    assert nested is not None
    assert disclosure_text(nested).count("provider") == 9
    bomb = '{"madeFrom":' * 5000 + "1" + "}" * 5000
    assert len(bomb) < 1 << 17
    with pytest.raises(ValueError, match=r"no JSON|too long"):
        read_disclosure(bomb)


@pytest.mark.parametrize(
    "text",
    [
        '{"AIGC":{"Label":"1","ContentProducer":"P","ProduceID":"7"}}',
        '{"aigc": {"label": "1", "contentproducer": "P", "produceid": "7"}}',
        '{"Label":1,"ContentProducer":"P","ProduceID":7}\x00',
    ],
)
def test_what_other_programs_write(text: str) -> None:
    assert read_aigc(text) == AigcLabel("1", "P", "7")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no JSON"),
        ("generated", "no JSON"),
        ("[1]", "no JSON object"),
        ("{}", "no Label"),
        ('{"Label": true}', "no Label"),
        ('{"Label": {"a": 1}}', "no Label"),
        (" " * 70_000, "too long"),
    ],
)
def test_what_is_no_label(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_aigc(text)
