"""Intervals and tests: what must always hold, agreement with SciPy, and simulations where the truth is known."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_assistant.evaluation import metrics, statistics

SCORES = st.lists(st.sampled_from([0.0, 1.0, 1.0, 0.5, 1 / 3]) | st.floats(0, 1), min_size=2, max_size=40)
PAIRS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30)
SIMULATED = settings(deadline=None, max_examples=40)
"""Each example resamples thousands of times."""

Draw = Callable[[np.random.Generator, int], Sequence[float]]


def piled_at_1(rng: np.random.Generator, count: int) -> list[float]:
    """Scores as evaluations have them: 80 % are 1, the rest anywhere from 0 to 1. Their mean is 0.9."""
    return [1.0 if rng.random() < 0.8 else float(rng.random()) for _ in range(count)]


def passed(rng: np.random.Generator, count: int) -> list[float]:
    return [float(rng.random() < 0.75) for _ in range(count)]


# The interval of a mean


@SIMULATED
@given(SCORES, st.randoms())
def test_an_interval_holds_the_mean_is_possible_and_does_not_depend_on_order(
    values: list[float], random: Random
) -> None:
    found = statistics.interval(values)
    assert found is not None
    low, high = found
    assert min(values) <= low <= high <= max(values)
    assert low - 1e-12 <= sum(values) / len(values) <= high + 1e-12
    random.shuffle(values)
    assert statistics.interval(values) == found


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], None), ([1.0], None), ([0.1] * 3, (0.1, 0.1)), ([0.0, 0.0], (0, 0)), ([1.0] * 60, (1, 1))],
)
def test_data_without_variation(values: list[float], expected: tuple[float, float] | None) -> None:
    assert statistics.interval(values) == expected


@pytest.mark.parametrize(("draw", "mean"), [(piled_at_1, 0.9), (passed, 0.75)])
def test_intervals_hold_the_true_mean_in_95_of_100_simulations(draw: Draw, mean: float) -> None:
    rng = np.random.default_rng(4)
    intervals = [statistics.interval(draw(rng, 60)) or (0, 0) for _ in range(300)]
    held = sum(low <= mean <= high for low, high in intervals) / 300
    assert held == pytest.approx(0.95, abs=0.03)  # 2.4 standard errors of 300 simulations


def test_an_interval_of_many_values_is_that_of_students_t() -> None:
    from scipy import stats

    values = piled_at_1(np.random.default_rng(1), 1000)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert statistics.interval(values) == pytest.approx((expected.low, expected.high), abs=0.002)


def test_an_interval_is_scipys_bias_corrected_one() -> None:
    from scipy import stats

    values = piled_at_1(np.random.default_rng(2), 40)
    expected = stats.bootstrap((values,), np.mean, n_resamples=20_000, rng=np.random.default_rng(3))
    assert statistics.interval(values) == pytest.approx(tuple(expected.confidence_interval), abs=0.005)


# The interval of any other figure


def test_a_ratio_interval_of_a_mean_is_scipys_percentile_interval() -> None:
    from scipy import stats

    values = piled_at_1(np.random.default_rng(5), 40)
    expected = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(6)
    ).confidence_interval
    found = statistics.ratio_interval(lambda column: sum(column) / len(column), values)
    assert found == pytest.approx(tuple(expected), abs=0.005)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.booleans()), max_size=20), st.randoms())
def test_figures_of_all_cases_have_possible_intervals(cases: list[tuple[float, bool, bool]], random: Random) -> None:
    confidence, answerable, refused = ([case[at] for case in cases] for at in range(3))
    found = statistics.ratio_interval(metrics.auroc, confidence, answerable)
    assert (found is None) == (len(set(answerable)) < 2)
    assert found is None or 0 <= found[0] <= found[1] <= 1
    random.shuffle(cases)
    shuffled = ([case[at] for case in cases] for at in range(2))
    assert statistics.ratio_interval(metrics.auroc, *shuffled) == found
    found = statistics.ratio_interval(metrics.abstention_precision, answerable, refused)
    assert (found is None) == (len(cases) < 2 or not any(refused))
    assert found is None or 0 <= found[0] <= found[1] <= 1


def test_a_single_case_of_a_class_does_not_keep_auroc_from_an_interval() -> None:
    confidence, answerable = [0.5, *(at / 30 for at in range(30))], [False, *[True] * 30]
    low, high = statistics.ratio_interval(metrics.auroc, confidence, answerable) or (0, 0)
    assert 0.3 < low < (metrics.auroc(confidence, answerable) or 0) < high < 0.7


def test_auroc_intervals_hold_the_true_value_in_95_of_100_simulations(monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy import stats

    monkeypatch.setattr(statistics, "RESAMPLES", 999)  # for time
    rng = np.random.default_rng(7)
    true = stats.norm.cdf(1 / np.sqrt(2))  # of two normal distributions, one standard deviation apart
    answerable = [at % 3 > 0 for at in range(60)]
    held = 0
    for _ in range(150):
        confidence = [float(rng.normal(can)) for can in answerable]
        low, high = statistics.ratio_interval(metrics.auroc, confidence, answerable) or (0, 0)
        held += low <= true <= high
    assert held / 150 == pytest.approx(0.95, abs=0.04)


# Paired comparison


@SIMULATED
@given(PAIRS)
def test_of_passes_and_failures_p_is_that_of_mcnemars_exact_test(pairs: list[tuple[bool, bool]]) -> None:
    from scipy import stats

    before, now = [a for a, _ in pairs], [b for _, b in pairs]
    fixed, broken = (pairs.count(which) for which in ((False, True), (True, False)))
    expected = stats.binomtest(fixed, fixed + broken).pvalue if fixed + broken else 1.0
    difference, low, high, p = statistics.paired(before, now)
    assert difference == pytest.approx((fixed - broken) / len(pairs))
    assert low - 1e-12 <= difference <= high + 1e-12
    exact = 2 ** (fixed + broken) <= statistics.RESAMPLES
    assert p == pytest.approx(expected, abs=1e-12 if exact else 0.04)


@SIMULATED
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=12))
@example(
    [
        (0, 0.5),
        (0, 0.781),
        (0.75, 0.719),
        (0.625, 0),
        (0.875, 0),
        (0.281, 0.844),
        (0.469, 0),
        (0.125, 0.031),
        (0.094, 0.344),
    ]
)
def test_few_cases_are_tested_exactly_as_by_scipy(pairs: list[tuple[float, float]]) -> None:
    from scipy import stats

    before, now = [round(a, 3) for a, _ in pairs], [round(b, 3) for _, b in pairs]
    expected = stats.permutation_test(  # swaps within pairs, and sums whole numbers, which are exact
        ([round(1000 * b) for b in now], [round(1000 * a) for a in before]),
        lambda x, y, axis: np.sum(x - y, axis=axis),
        permutation_type="samples",
    ).pvalue
    assert statistics.paired(before, now)[3] == pytest.approx(min(1, expected))


@SIMULATED
@given(st.lists(st.integers(-3, 3), min_size=2, max_size=9))
@example([1, 1, -2, -2])
def test_thirds_are_tested_exactly(thirds: list[int]) -> None:
    """A case of three facts scores thirds: two of them weigh as much as two thirds."""
    flips = [abs(sum(flip)) for flip in product(*((one, -one) for one in thirds))]
    expected = sum(flip >= abs(sum(thirds)) for flip in flips) / len(flips)
    assert statistics.paired([0.0] * len(thirds), [one / 3 for one in thirds])[3] == pytest.approx(expected)


@SIMULATED
@given(SCORES)
def test_no_difference_is_no_evidence(values: list[float]) -> None:
    assert statistics.paired(values, values) == (0, 0, 0, 1)
    assert statistics.paired(values, [value + 1e-13 for value in values]) == (0, 0, 0, 1)


def test_what_is_too_little_to_compare() -> None:
    assert statistics.paired([0.25], [1.0]) == (0.75, 0.75, 0.75, 1)
    with pytest.raises(ValueError, match="no cases"):
        statistics.paired([], [])
    with pytest.raises(ValueError, match="zip"):
        statistics.paired([1.0], [1.0, 0.0])


def test_p_is_never_0_and_the_same_each_time_in_any_order() -> None:
    before, now = [0.0] * 200, [1 - at / 1000 for at in range(200)]
    found = statistics.paired(before, now)
    assert 0 < found[3] <= 0.001
    assert statistics.paired(before, now[::-1]) == found
    assert statistics.paired(now, before)[0] == -found[0]


@pytest.mark.parametrize("draw", [piled_at_1, passed])
def test_without_a_difference_5_of_100_are_called_one_and_p_is_uniform(draw: Draw) -> None:
    from scipy import stats

    rng = np.random.default_rng(8)
    found = [statistics.paired(draw(rng, 60), draw(rng, 60))[3] for _ in range(300)]
    assert sum(p < 0.05 for p in found) / 300 <= 0.07
    for share in (0.25, 0.5, 0.75):
        assert sum(p < share for p in found) / 300 <= share + 0.07
    if draw is piled_at_1:  # the p-values of passes and failures come in steps
        assert stats.kstest(found, "uniform").pvalue > 0.01


def test_a_real_difference_is_found() -> None:
    rng = np.random.default_rng(9)
    found = 0
    for _ in range(50):
        before = piled_at_1(rng, 60)
        _, low, high, p = statistics.paired(before, [value - 0.1 * float(rng.random()) for value in before])
        found += p < 0.05 and high < 0 and low < high
    assert found == 50


# Many tests


@given(st.lists(st.floats(0, 1), max_size=12), st.floats(0.001, 0.999))
def test_holm_rejects_what_the_step_down_procedure_rejects(p_values: list[float], level: float) -> None:
    adjusted = statistics.holm(p_values)
    rejected: set[int] = set()
    for at in sorted(range(len(p_values)), key=lambda at: p_values[at]):
        if p_values[at] * (len(p_values) - len(rejected)) > level:
            break
        rejected.add(at)
    assert {at for at, p in enumerate(adjusted) if p <= level} == rejected
    for p, q in zip(p_values, adjusted, strict=True):
        assert p <= q <= min(1, p * len(p_values)) + 1e-15


def test_holm_of_a_worked_example() -> None:
    assert statistics.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert statistics.holm([]) == []


def test_all_figures_of_300_cases_take_seconds() -> None:
    rng = np.random.default_rng(10)
    before, now = ([list(rng.random(300)) for _ in range(15)] for _ in range(2))
    started = time.process_time()
    statistics.holm([statistics.paired(*columns)[3] for columns in zip(before, now, strict=True)])
    for values in now:
        statistics.interval(values)
    statistics.ratio_interval(metrics.auroc, now[0], [value > 0.5 for value in now[1]])
    assert time.process_time() - started < 20  # a fifth of it on an idle machine
