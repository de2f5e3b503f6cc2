"""The gravest outcome speaks, and --fail-on chooses which outcomes count."""

from __future__ import annotations

import pytest

from earwitness.cli.exit_codes import FAIL_ON_DEFAULT, FINDINGS, ExitCode, code_for, gravest, parse_fail_on
from earwitness.errors import UsageError
from earwitness.report import Verdict


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([], 0), ([0, 0], 0), ([0, 3], 3), ([3, 1, 0], 1), ([1, 3, 2, 0], 2), ([2], 2)],
)
def test_gravest(codes: list[int], expected: int) -> None:
    assert gravest(codes) == expected


def test_findings_are_the_verdicts_that_say_so() -> None:
    assert {verdict.value for verdict in Verdict if verdict.is_finding} == FINDINGS


@pytest.mark.parametrize("verdict", list(Verdict))
def test_codes_by_default(verdict: Verdict) -> None:
    expected = 1 if verdict.is_finding else 3 if verdict is Verdict.INCONCLUSIVE else 0
    assert code_for(verdict) == expected
    assert code_for("error") == ExitCode.ERROR


@pytest.mark.parametrize(
    ("values", "counts", "passes"),
    [
        (["finding"], ["synthetic", "likely_synthetic", "partly_synthetic"], ["error", "inconclusive"]),
        (["synthetic,error"], ["synthetic", "error"], ["likely_synthetic", "inconclusive"]),
        (["inconclusive", " error "], ["inconclusive", "error"], ["synthetic"]),
        (["never"], [], ["synthetic", "error", "inconclusive", "likely_human"]),
    ],
)
def test_fail_on(values: list[str], counts: list[str], passes: list[str]) -> None:
    chosen = parse_fail_on(values)
    assert all(code_for(name, chosen) != 0 for name in counts)
    assert all(code_for(name, chosen) == 0 for name in passes)


@pytest.mark.parametrize("values", [None, [], ["", " , "]])
def test_nothing_chosen_is_the_default(values: list[str] | None) -> None:
    assert parse_fail_on(values) == FAIL_ON_DEFAULT


@pytest.mark.parametrize("values", [["likely_human"], ["fnding"], ["never,error"]])
def test_nonsense_is_refused(values: list[str]) -> None:
    with pytest.raises(UsageError, match="--fail-on"):
        parse_fail_on(values)
