"""Naming the engine: near centres are probable, far ones unknown, and enrolled ones join in."""

from __future__ import annotations

import io

import numpy as np
import pytest

from earwitness.detector.attribution import Engine, EngineSpace, load_space, read_space
from earwitness.detector.model import load_default
from earwitness.errors import ModelError
from earwitness.report import UNKNOWN
from earwitness.samples import Float32


def at(*values: float) -> Float32:
    return np.array(values, np.float32)


def space() -> EngineSpace:
    """Three engines of two families on a line; the map drops the last of three numbers."""
    engines = [
        Engine("one", "codec", at(0, 0), 50),
        Engine("two", "codec", at(4, 0), 50),
        Engine("three", "vae", at(0, 6), 50),
    ]
    return EngineSpace(at(1, 1, 1), np.eye(3, 2, dtype=np.float32), engines, sharpness=0.5, reach=3.0)


def test_the_nearest_engine_and_its_family_are_named() -> None:
    found = space().attribute((5.1, 1.0, 99.0))
    assert (found.engine, found.family) == ("two", "codec")
    assert found.p_engine > 0.99
    assert found.p_family >= found.p_engine
    assert found.distance == pytest.approx(0.1 / 3, abs=0.002)
    assert not found.enrolled


def test_between_two_engines_of_a_family_the_family_is_sure_and_the_engine_is_not() -> None:
    found = space().attribute((3.0, 1.0, 0.0))
    assert found.family == "codec"
    assert found.p_engine == pytest.approx(0.5, abs=0.01)
    assert found.p_family > 0.99


@pytest.mark.parametrize(("x", "known"), [(-1.9, True), (-2.1, False), (-50.0, False)])
def test_beyond_its_reach_all_is_unknown(x: float, known: bool) -> None:
    found = space().attribute((x, 1.0, 0.0))
    assert (found.family != UNKNOWN) == known
    assert found.engine == "one", "the nearest is still named"
    assert 0 <= found.p_family <= 1


def test_between_engines_all_is_unknown_unless_one_is_probable_enough() -> None:
    engines = [Engine("one", "codec", at(0, 0), 50), Engine("two", "vae", at(4, 0), 50)]
    careful = EngineSpace(at(0, 0), np.eye(2, dtype=np.float32), engines, 0.5, reach=3.0, least=0.8)
    between, near = careful.attribute((1.9, 0.0)), careful.attribute((1.0, 0.0))
    assert between.p_engine == pytest.approx(1 / (1 + np.exp(-0.4 / (1 + 1 / 50))), abs=1e-3)
    assert (between.family, between.engine) == (UNKNOWN, "one"), "the nearest is still named"
    assert near.family == "codec"
    assert careful.strangeness(near) < 1 < careful.strangeness(between)
    mine = Engine("mine", "gan", at(2.1, 0.3), 20, enrolled=True)
    found = careful.attribute((2.0, 0.0), [mine])
    assert (found.engine, found.p_engine < 0.8) == ("mine", True), "expected, it need not be as probable"
    assert found.family != UNKNOWN
    far = careful.attribute((-3.3, 0.0))
    assert far.p_engine > 0.99
    assert careful.strangeness(far) == pytest.approx(far.distance) == pytest.approx(1.1, abs=0.02)
    again = read_space(careful.to_bytes())
    assert (again.least, again.attribute((1.9, 0.0))) == (0.8, between)


def test_an_enrolled_engine_is_found_where_nothing_was() -> None:
    new = Engine("mine", "diffusion", at(-40, -40), 8, enrolled=True)
    there = (-39.0, -39.0, 0.0)
    assert space().attribute(there).family == UNKNOWN
    found = space().attribute(there, [new], channel=1)
    assert (found.engine, found.family, found.enrolled, found.channel) == ("mine", "diffusion", True, 1)
    assert space().attribute((1.0, 1.0, 0.0), [new]).engine == "one", "others keep their places"


def test_few_clips_make_a_centre_less_certain() -> None:
    few, many = Engine("few", "a", at(-3, 0), 1), Engine("many", "b", at(3, 0), 1000)
    both = EngineSpace(at(0, 0), np.eye(2, dtype=np.float32), [few, many], sharpness=0.5, reach=9.0)
    assert both.attribute((-0.1, 0.0)).engine == "few"
    lone = EngineSpace(at(0, 0), np.eye(2, dtype=np.float32), [few], sharpness=0.5, reach=9.0)
    other = EngineSpace(at(0, 0), np.eye(2, dtype=np.float32), [many], sharpness=0.5, reach=9.0)
    assert lone.attribute((0.0, 0.0)).distance < other.attribute((0.0, 0.0)).distance


def test_numbers_of_another_detector_are_refused() -> None:
    with pytest.raises(ModelError, match="another detector"):
        space().place((1.0, 2.0))


def test_a_space_comes_back_from_its_file() -> None:
    again = read_space(space().to_bytes())
    assert [e.name for e in again.engines] == ["one", "two", "three"]
    assert again.attribute((5.1, 1.0, 99.0)) == space().attribute((5.1, 1.0, 99.0))


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x03\x04"])
def test_damaged_files_are_named(data: bytes) -> None:
    with pytest.raises(ModelError, match="damaged"):
        read_space(data)


def test_a_file_without_its_parts_is_damaged() -> None:
    memory = io.BytesIO()
    np.savez(memory, mean=at(0, 0))
    with pytest.raises(ModelError, match="damaged"):
        read_space(memory.getvalue())


def test_what_ships_fits_the_shipped_detector() -> None:
    shipped = load_space()
    assert shipped is not None
    members, dim = load_default().vector_shape
    assert shipped.place(np.zeros(members * 2 * dim).tolist()).shape == shipped.engines[0].centre.shape
    names = [engine.name for engine in shipped.engines]
    assert len(set(names)) == len(names) >= 15
    assert {"gan_vocoder", "codec", "autoregressive", "transformer"} <= {e.family for e in shipped.engines}
