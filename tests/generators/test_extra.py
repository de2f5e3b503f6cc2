"""generators/extra.py: only packages of the extra are spoken of."""

from __future__ import annotations

import pytest

from earwitness.errors import MissingDependencyError
from earwitness.generators.extra import needed


def test_a_package_of_the_extra_is_named_and_others_pass() -> None:
    told = r"Phonemes need the package phonemizer.*\[generate\]"
    with pytest.raises(MissingDependencyError, match=told), needed("Phonemes"):
        raise ModuleNotFoundError(name="phonemizer.backend")
    with pytest.raises(ModuleNotFoundError), needed("Phonemes"):
        raise ModuleNotFoundError(name="numpy")
