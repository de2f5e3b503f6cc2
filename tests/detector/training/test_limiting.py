"""Limits keep their promises: in the worst kind of channel, and in each by itself."""

import numpy as np
import numpy.typing as npt
import pytest

from earwitness.detector.training import limiting
from earwitness.detector.training.limiting import FLAGGED_BY_KIND, MISSED, by_kind, thresholds

Float32 = npt.NDArray[np.float32]


def drawn(shift: float = 3.0) -> tuple[Float32, npt.NDArray[np.bool_], npt.NDArray[np.str_]]:
    """LLRs of 2,000 human and 2,000 synthetic clips in two conditions; "noisy" humans score 1 higher."""
    rng = np.random.default_rng(0)
    synthetic = np.arange(4_000) >= 2_000
    condition = np.where(np.arange(4_000) % 2 == 0, "clean", "noisy")
    llr = rng.normal(np.where(synthetic, shift, -3.0) + (condition == "noisy") * 1.0, 1.0)
    return llr.astype(np.float32), synthetic, condition


def test_the_worst_condition_decides_about_false_alarms() -> None:
    llr, synthetic, condition = drawn()
    limits = thresholds(llr, synthetic, condition)
    for name, share in (("synthetic", 0.01), ("likely_synthetic", 0.10)):
        alarms = [
            float((llr[~synthetic & (condition == c)] >= limits[name]).mean()) for c in ("clean", "noisy")
        ]
        assert max(alarms) <= share + 1e-3, name
        assert alarms[0] <= alarms[1]
    assert alarms[0] < alarms[1], "the noisy ones are what the limit is set by"
    assert float((llr[synthetic] <= limits["likely_human"]).mean()) <= 0.10 + 1e-3
    assert limits["synthetic"] == limiting.LEAST, "a person in a hundred scores 0.3"


def test_where_little_is_said_about_people_even_fewer_are_flagged() -> None:
    """Scores of people shifted so far up that hardly any is plainly human: 10 % flagged would be most."""
    rng = np.random.default_rng(1)
    people = rng.normal(1.0, 1.0, 2_000).astype(np.float32)
    limit = limiting._likely(people, human=-0.5, flagged=0.1)
    flagged, human = int((people >= limit).sum()), int((people <= -0.5).sum())
    assert 0 < flagged <= 0.10 * (flagged + human)
    assert flagged < 0.02 * len(people)
    assert (people >= limiting._likely(people, human=1.0, flagged=0.1)).mean() == pytest.approx(
        0.056, abs=0.01
    )
    assert (people >= limiting._likely(people, human=9.0, flagged=0.1)).mean() == pytest.approx(
        0.10, abs=0.01
    )
    nobody = limiting._likely(people, human=-99.0, flagged=0.1)
    assert not (people >= nobody).any()


def test_a_handful_of_clips_in_the_wrong_condition_sets_no_limit() -> None:
    llr, synthetic, condition = drawn()
    names = condition.astype("<U9")
    strange = np.flatnonzero(~synthetic)[np.argsort(llr[~synthetic])[-5:]]
    names[strange] = "strange"
    limits = thresholds(llr, synthetic, names)
    assert limits["likely_synthetic"] < float(llr[strange].min())


@pytest.mark.parametrize("shift", [-3.0, 0.0, 3.0, 30.0])
def test_limits_are_in_order_however_good_the_model(shift: float) -> None:
    llr, synthetic, condition = drawn(shift)
    limits = thresholds(llr, synthetic, condition)
    assert limits["likely_human"] <= limits["likely_synthetic"] - 0.5 + 1e-3
    assert limits["likely_synthetic"] <= limits["synthetic"] - 0.5 + 1e-3


def test_limits_stay_within_the_reach_of_llrs() -> None:
    llr, synthetic, condition = drawn()
    assert thresholds(llr + 50, synthetic, condition)["synthetic"] < 6.0
    assert set(thresholds(llr, synthetic, condition)) == {"synthetic", "likely_synthetic", "likely_human"}


def test_every_kind_of_channel_keeps_the_promises_by_itself() -> None:
    llr, synthetic, condition = drawn(-1.0)
    limits = by_kind(llr, synthetic, condition, ["clean", "noisy"])
    for k, kind in enumerate(("clean", "noisy")):
        people, copies = llr[~synthetic & (condition == kind)], llr[synthetic & (condition == kind)]
        assert (people >= limits["likely_synthetic"][k]).mean() <= FLAGGED_BY_KIND + 1e-3
        assert (people >= limits["synthetic"][k]).mean() <= 0.01 + 1e-3
        assert (copies <= limits["likely_human"][k]).mean() <= MISSED + 1e-3
    common = thresholds(llr, synthetic, condition)["likely_human"]
    clean = np.quantile(llr[synthetic & (condition == "clean")], MISSED)
    assert limits["likely_human"] == [pytest.approx(clean, abs=1e-3), common], "noisy ones would allow more"
    assert limits["likely_synthetic"][1] == pytest.approx(limits["likely_synthetic"][0] + 1, abs=0.3)


def test_a_kind_with_too_few_clips_gets_the_common_limits() -> None:
    llr, synthetic, condition = drawn()
    limits = by_kind(llr, synthetic, condition, ["clean", "never heard"])
    assert {name: values[1] for name, values in limits.items()} == thresholds(llr, synthetic, condition)


def test_a_rare_engine_that_leaves_little_counts_as_much_as_a_frequent_one() -> None:
    llr, synthetic, condition = drawn()
    rare = np.flatnonzero(synthetic)[:60]
    llr[rare] -= 5.0
    weights = np.ones(len(llr))
    weights[rare] = (synthetic.sum() - len(rare)) / len(rare)
    before, after = (thresholds(llr, synthetic, condition, weights=w) for w in (None, weights))
    assert after["likely_human"] < before["likely_human"] - 1
    below = synthetic & (llr <= after["likely_human"])
    assert weights[below].sum() / weights[synthetic].sum() == pytest.approx(MISSED, abs=0.01)
    assert by_kind(llr, synthetic, condition, ["clean"], weights)["likely_human"][0] < before["likely_human"]
    assert after["synthetic"] == before["synthetic"], "people are counted as they are"
