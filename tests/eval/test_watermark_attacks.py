"""Groups, choice and chance of the watermark bench's attacks."""

import numpy as np
import pytest

from earwitness.errors import UsageError
from earwitness.eval.watermark_attacks import GROUPS, HARD, MILD, attacks, chosen, fingerprint, generator


def test_choice_by_name_and_group() -> None:
    assert [attack.name for attack in chosen("gsm, crop_1s")] == ["gsm", "crop_1s"]
    assert {attack.group for attack in chosen("warp")} == {"warp"}
    assert len(chosen("all")) == len(attacks())
    with pytest.raises(UsageError, match="wax_cylinder"):
        chosen("gsm,wax_cylinder")


def test_named_sets_exist() -> None:
    assert set(MILD) < set(GROUPS)
    assert set(HARD) < set(attacks())


def test_chance_depends_on_seed_attack_and_clip() -> None:
    def first(*words: object) -> float:
        return float(generator(*words).random())

    assert first(1, "gsm", "ab") == first(1, "gsm", "ab")
    assert (
        len({first(1, "gsm", "ab"), first(2, "gsm", "ab"), first(1, "mp3", "ab"), first(1, "gsm", "cd")}) == 4
    )
    assert isinstance(generator(0, "x", "y"), np.random.Generator)


def test_fingerprint_is_a_hash() -> None:
    assert len(fingerprint()) == 12
    int(fingerprint(), 16)
