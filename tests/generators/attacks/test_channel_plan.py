"""Which channels are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from earwitness.generators.attacks.channel_plan import PHONE_CODECS, Step, draw_channel
from earwitness.generators.attacks.codecs import CODECS


def drawn(wanted: str, count: int = 300, noises: tuple[str, ...] = ()) -> list[tuple[Step, ...]]:
    rng = np.random.default_rng(0)
    return [draw_channel(wanted, sorted(CODECS), noises, rng) for _ in range(count)]


def kinds(chains: list[tuple[Step, ...]]) -> set[str]:
    return {step.kind for chain in chains for step in chain}


def test_none_is_nothing() -> None:
    assert set(drawn("none")) == {()}


def test_light_has_neither_rooms_nor_telephones() -> None:
    chains = drawn("light")
    assert kinds(chains) == {"noise", "codec"}
    assert () in chains
    assert max(map(len, chains)) == 1


def test_phone_is_always_a_telephone() -> None:
    for chain in drawn("phone"):
        assert [step.kind for step in chain][-2:] == ["phone", "codec"]
        assert chain[-1].told()["name"] in PHONE_CODECS


def test_all_has_everything_and_codecs_last() -> None:
    chains = drawn("all", noises=("a.wav",))
    assert kinds(chains) == {"room", "noise", "band", "phone", "codec"}
    order = ["room", "noise", "band", "phone", "codec"]
    for chain in chains:
        places = [order.index(step.kind) for step in chain]
        assert places == sorted(places)
    assert any("recorded" in step.told() for chain in chains for step in chain)


@pytest.mark.parametrize("wanted", ["light", "phone", "all"])
def test_codecs_that_are_missing_are_not_drawn(wanted: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        for step in draw_channel(wanted, ("mulaw",), (), rng):
            assert step.kind != "codec" or step.told()["name"] == "mulaw"
        assert all(step.kind != "codec" for step in draw_channel(wanted, (), (), rng))
