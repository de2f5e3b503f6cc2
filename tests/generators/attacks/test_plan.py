"""What is drawn, and from what alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from fake_menus import engine

from earwitness.generators.attacks.codecs import CODECS
from earwitness.generators.attacks.engines import Menu, PersonVoice
from earwitness.generators.attacks.plan import Draw, Settings, draw, stretches
from earwitness.generators.attacks.sources import Real

SETTINGS = Settings(codecs=tuple(sorted(CODECS)))
PERSON = PersonVoice("/x/ada.wav", "0" * 64, "Ada", "/x/ada.json")


def many(menu: Menu, settings: Settings = SETTINGS, count: int = 300, seconds: float = 5.0) -> list[Draw]:
    return [draw(Real("", f"{k}.wav"), 0, seconds, menu, settings) for k in range(count)]


def test_the_same_name_and_seed_give_the_same(menu: Menu) -> None:
    real = Real("/one/place/a.wav", "a.wav")
    once = draw(real, 0, 5.0, menu, SETTINGS)
    assert draw(replace(real, path="/another/a.wav"), 0, 5.0, menu, SETTINGS) == once
    assert draw(real, 1, 5.0, menu, SETTINGS).pair_id != once.pair_id
    assert draw(real, 0, 5.0, menu, replace(SETTINGS, seed=1)).seed != once.seed


def test_shares_are_as_asked(menu: Menu) -> None:
    drawn = many(menu)
    assert 0.22 < sum(one.partial for one in drawn) / len(drawn) < 0.38
    families = Counter(one.engine.family for one in drawn)
    assert 0.4 < families["formant"] / len(drawn) < 0.6, "a family each, however many engines it has"
    assert {one.method for one in drawn if one.engine.name == "fake"} == {
        "resynthesize", "convert", "synthesize"
    }  # fmt: skip


@pytest.mark.parametrize(("partial", "seconds"), [(0.0, 5.0), (1.0, 1.5)])
def test_no_partial_fakes_where_none_are_wanted_or_possible(
    menu: Menu, partial: float, seconds: float
) -> None:
    assert not any(one.partial for one in many(menu, replace(SETTINGS, partial=partial), 50, seconds))


def test_partial_fakes_keep_the_words(menu: Menu) -> None:
    speaker = engine("speaker", "diffusion", "synthesize")
    drawn = many(Menu((*menu.engines, speaker)), replace(SETTINGS, partial=1.0))
    assert {one.method for one in drawn} == {"resynthesize"}
    only = many(Menu((speaker,)), replace(SETTINGS, partial=1.0), 10)
    assert not any(one.partial for one in only)


def test_short_recordings_keep_their_words_where_anybody_can(menu: Menu) -> None:
    speaker = engine("speaker", "diffusion", "synthesize")
    drawn = many(Menu((*menu.engines, speaker)), seconds=1.5)
    assert {one.method for one in drawn} == {"resynthesize", "convert"}
    assert {one.method for one in many(Menu((speaker,)), count=10, seconds=1.5)} == {"synthesize"}


def test_voices(menu: Menu) -> None:
    for one in many(menu):
        assert one.person is None
        assert (one.voice in ("Ada", "Bert")) == (one.method != "resynthesize")
        assert bool(one.text) == (one.method == "synthesize")


def test_peoples_voices_are_drawn_too_where_they_are_given(menu: Menu) -> None:
    drawn = many(replace(menu, people=(PERSON,)))
    convert = [one for one in drawn if one.method == "convert"]
    assert {one.person for one in convert} == {PERSON, None}
    spoken = [one for one in drawn if one.method == "synthesize"]
    assert {one.converter and one.converter.name for one in spoken} == {"fake", None}
    assert all((one.person is None) == (one.converter is None) for one in spoken)


def test_long_recordings_are_cut_into_equal_stretches() -> None:
    assert stretches(16_000, 16_000) == [(0, 16_000)]
    cut = stretches(45 * 16_000, 16_000)
    assert [b - a for a, b in cut] == [15 * 16_000] * 3
    assert cut[-1][1] == 45 * 16_000


def test_settings_tell_no_folders() -> None:
    assert "secret" not in str(Settings(noises=("/secret/rain.wav", "C:\\secret\\car.wav")).identity())
