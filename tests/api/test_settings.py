"""Settings from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.api.settings import Settings
from earwitness.errors import UsageError


def test_each_field_is_read_from_its_variable() -> None:
    environment = {
        "EARWITNESS_JOBS": "3",
        "EARWITNESS_QUEUE": "0",
        "EARWITNESS_MAX_UPLOAD_BYTES": "1000",
        "EARWITNESS_MAX_SECONDS": "60",
        "EARWITNESS_UPLOAD_TIMEOUT_S": "4",
        "EARWITNESS_CHECK_TIMEOUT_S": "2.5",
        "EARWITNESS_READ_KEYS": "signposts",
        "EARWITNESS_TEMP_DIR": "somewhere",
        "EARWITNESS_UNKNOWN": "ignored",
    }
    assert Settings.from_environment(environment) == Settings(
        jobs=3,
        queue=0,
        max_upload_bytes=1000,
        max_seconds=60,
        upload_timeout_s=4,
        check_timeout_s=2.5,
        read_keys="signposts",
        temp_dir=Path("somewhere"),
    )


def test_empty_variables_count_as_not_set() -> None:
    assert Settings.from_environment({"EARWITNESS_QUEUE": ""}) == Settings.from_environment({})


@pytest.mark.parametrize(
    ("name", "value"),
    [("JOBS", "0"), ("READ_KEYS", "some"), ("CHECK_TIMEOUT_S", "soon"), ("MAX_UPLOAD_BYTES", "-1")],
)
def test_a_value_that_makes_no_sense_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=f"EARWITNESS_{name}: .*{value}"):
        Settings.from_environment({f"EARWITNESS_{name}": value})


def test_private_keys_are_read_only_when_asked_for() -> None:
    assert Settings().signposts_only
    assert Settings(read_keys="signposts").signposts_only
    assert not Settings(read_keys="all").signposts_only
