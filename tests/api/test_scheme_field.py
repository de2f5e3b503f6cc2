"""api/scheme_field.py: only the schemes that the administrator names can be asked for."""

from __future__ import annotations

import pytest

from earwitness.api.problems import BadFieldError, SchemeNotOfferedError
from earwitness.api.scheme_field import one_scheme, schemes_of
from earwitness.api.settings import Settings

OFFERED = Settings(schemes="default, perth")


@pytest.mark.parametrize("fields", [{}, {"scheme": ""}, {"scheme": " default "}])
def test_ours_is_the_default(fields: dict[str, str]) -> None:
    assert schemes_of(fields, Settings()) == ("default",)
    assert one_scheme(fields, Settings()) == "default"


def test_several_can_be_read_and_one_made() -> None:
    assert schemes_of({"scheme": "perth,default,perth"}, OFFERED) == ("perth", "default")
    assert one_scheme({"scheme": "perth"}, OFFERED) == "perth"
    with pytest.raises(BadFieldError, match="one"):
        one_scheme({"scheme": "perth,default"}, OFFERED)


def test_what_is_not_offered_is_refused() -> None:
    with pytest.raises(SchemeNotOfferedError, match="EARWITNESS_SCHEMES") as refused:
        schemes_of({"scheme": "default,audioseal"}, OFFERED)
    assert refused.value.http_status == 403
    with pytest.raises(SchemeNotOfferedError):
        one_scheme({"scheme": "perth"}, Settings())
