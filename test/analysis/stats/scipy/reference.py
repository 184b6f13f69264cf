"""A second implementation of the estimators, with numpy and scipy.

Reads a JSON list of cases on standard input and prints {"scipy": version, "answers": [...]}: for each case a list of
numbers. No formula here is taken from the TypeScript side; where scipy has the method, it is asked.
"""

import json
import math
import sys

import numpy as np
import scipy
from scipy import stats


def signed_rank(case):
    """The shifts that the exact Wilcoxon test does not reject, found between neighbouring pairwise means."""
    x = np.array(case["values"])
    alpha = 1 - case["confidence"]
    i, j = np.triu_indices(len(x))
    walsh = np.sort((x[i] + x[j]) / 2)

    def p_value(gap):
        """Of a shift between the gap-th and the next pairwise mean; gap 0 lies below all of them."""
        if gap == 0:
            shift = walsh[0] - 1
        else:
            shift = (walsh[gap - 1] + walsh[gap]) / 2
        return stats.wilcoxon(x - shift, method="exact").pvalue

    rejected, kept = 0, len(walsh) // 2
    while kept - rejected > 1:
        middle = (rejected + kept) // 2
        if p_value(middle) <= alpha:
            rejected = middle
        else:
            kept = middle
    return [np.median(walsh), walsh[rejected], walsh[len(walsh) - 1 - rejected], 1 - p_value(rejected)]


def student_t(case):
    x = np.array(case["values"])
    low, high = stats.t.interval(case["confidence"], len(x) - 1, loc=x.mean(), scale=stats.sem(x))
    return [x.mean(), low, high]


def sign(case):
    """The shifts that the exact sign test does not reject."""
    x = np.sort(case["values"])
    n = len(x)
    rejected = [k for k in range(n // 2 + 1) if stats.binomtest(k, n).pvalue <= 1 - case["confidence"]]
    return [np.median(x), x[rejected[-1]], x[n - 1 - rejected[-1]]]


def bootstrap_t(case):
    x = np.array(case["values"])
    samples = x[np.array(case["indices"])]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (samples.mean(axis=1) - x.mean()) / stats.sem(samples, axis=1)
    t = np.where(np.isnan(t), 0, t)
    tail = (1 - case["confidence"]) / 2
    from_high, from_low = np.quantile(t, [1 - tail, tail], method="weibull")
    return [x.mean(), x.mean() - from_high * stats.sem(x), x.mean() - from_low * stats.sem(x)]


def bca(case):
    x = np.array(case["values"])
    means = x[np.array(case["indices"])].mean(axis=1)
    z0 = stats.norm.ppf(np.mean(means < x.mean()))
    left_out = np.array([np.delete(x, i).mean() for i in range(len(x))])
    u = left_out.mean() - left_out
    a = (u**3).sum() / (6 * (u**2).sum() ** 1.5)
    ends = []
    for z in stats.norm.ppf([(1 - case["confidence"]) / 2, (1 + case["confidence"]) / 2]):
        ends.append(np.quantile(means, stats.norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z)))))
    return [x.mean(), *ends]


def stein(case):
    x = np.array(case["values"])
    t = stats.t.ppf(0.975, len(x) - 1)
    return [math.ceil((t * x.std(ddof=1) / case["halfWidth"]) ** 2)]


def lag_one(case):
    x = np.array(case["values"]) - np.mean(case["values"])
    return [np.dot(x[:-1], x[1:]) / np.dot(x, x)]


ANSWER = {
    "signed-rank": signed_rank,
    "t": student_t,
    "sign": sign,
    "bootstrap-t": bootstrap_t,
    "bca": bca,
    "stein": stein,
    "lag-one": lag_one,
    "t-quantile": lambda case: [stats.t.ppf(case["probability"], case["degreesOfFreedom"])],
    "binomial": lambda case: [stats.binom.cdf(case["k"], case["trials"], case["probability"])],
    "quantile": lambda case: [np.quantile(case["values"], case["share"], method="linear")],
    "normal": lambda case: [stats.norm.cdf(case["z"]), stats.norm.ppf(case["probability"])],
}

answers = [[float(value) for value in ANSWER[case["kind"]](case)] for case in json.load(sys.stdin)]
json.dump({"scipy": scipy.__version__, "answers": answers}, sys.stdout)
