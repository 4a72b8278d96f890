"""Checks that re-run the paper's regression, or look at what is in it."""

from __future__ import annotations

import math

from statsmodels.regression.linear_model import RegressionResultsWrapper

from kzmobility.checks.arithmetic import interval
from kzmobility.econometrics import diagnostics, fits
from proofbook import forensics
from proofbook.checks import Claim, Finding, Tables, check, need

TERMS = {"b0": "const", "b1": "x1", "b2": "x2"}
NAMES = {
    "migration_persons": "internal migration",
    "gdp_billion_dollars": "GDP",
    "unemployment_pct": "unemployment",
}


def fitted(t: Tables) -> RegressionResultsWrapper:
    """Return the paper's model on Table 4."""
    return t.derive("paper model", lambda: fits.paper_model(t.read("table4")))


def statistic(t: Tables, name: str) -> float:
    """Return a statistic of the paper's model: b0, b1, b2, multiple_r, r2, r2_adj, sigma or n."""
    model = fitted(t)
    if name in TERMS:
        return float(model.params[TERMS[name]])
    return {
        "multiple_r": math.sqrt(model.rsquared),
        "r2": model.rsquared,
        "r2_adj": model.rsquared_adj,
        "sigma": math.sqrt(model.mse_resid),
        "n": model.nobs,
    }[name]


@check("reproduced", "consistent", "contradicted")
def estimate(t: Tables, claim: Claim, name: str) -> Finding:
    """A statistic of the regression on Table 4: equal to every printed digit, cut instead of rounded, or not."""
    value, printed = statistic(t, name), need(claim)
    if forensics.rounds_to(value, printed.text):
        return Finding("reproduced", value)
    return Finding(
        "consistent" if forensics.truncates_to(value, printed.text) else "contradicted", value
    )


@check("reproduced", "contradicted")
def fit_identity(t: Tables, claim: Claim, which: str) -> Finding:
    """Table 5 agrees with itself: R-square is the square of R; the adjusted one follows from it, n and two regressors."""
    r, r2, adjusted = (
        interval(t.printed(f"table5.{k}.value"))
        for k in ("multiple_r", "r_square", "adjusted_r_square")
    )
    if which == "square":
        implied, printed = r * r, r2
    else:
        n = t.printed("table5.observations.value").value
        # 1 - (1 - R2)(n - 1)/(n - k - 1), with k = 2
        implied, printed = (
            forensics.Interval(1.0, 1.0)
            - (forensics.Interval(1.0, 1.0) - r2) * ((n - 1) / (n - 3)),
            adjusted,
        )
    return Finding("reproduced" if implied.overlaps(printed) else "contradicted", implied.middle)


@check("reproduced", "contradicted")
def usable_years(t: Tables, claim: Claim) -> Finding:
    """The number of observations is the number of rows of Table 4 that are complete."""
    rows = t.read("table4")
    complete = rows.dropna()
    left_out = sorted(set(rows["year"]) - set(complete["year"]))
    computed = f"{len(complete)} of {len(rows)} rows complete" + (
        f"; {', '.join(map(str, left_out))} is not" if left_out else ""
    )
    return Finding("reproduced" if len(complete) == need(claim).value else "contradicted", computed)


@check("reproduced", "contradicted")
def regressors(t: Tables, claim: Claim, *columns: str) -> Finding:
    """The equation has a constant and the stated regressors, each a column of Table 4."""
    named = t.read("equation")["regressor"].tolist()
    good = named == ["constant", *columns] and set(columns) <= set(t.read("table4").columns)
    return Finding("reproduced" if good else "contradicted", ", ".join(named))


@check("consistent", "unsupported")
def in_the_model(t: Tables, claim: Claim, *words: str) -> Finding:
    """The regression, the paper's only test of an effect, contains a variable of this kind; without one it tests none."""
    columns = [c for c in t.read("table4").columns if c != "year"]
    used = [c for c in columns if any(w in c for w in words)]
    computed = "variables: " + ", ".join(NAMES.get(c, c) for c in columns)
    if used:
        return Finding("consistent", computed)
    return Finding(
        "unsupported",
        computed,
        "The regression has no such variable, and the paper tests no effect in another way.",
    )


@check("consistent", "contradicted", "unsupported")
def survives(t: Tables, claim: Claim, term: str) -> Finding:
    """A coefficient keeps its sign and its significance in first differences, where common trends are gone.

    Kept: consistent. Reversed and significant: contradicted. Not different from zero: the levels prove nothing.
    """
    levels = fitted(t)

    def make() -> RegressionResultsWrapper:
        return fits.variant(fits.regression_frame(t.read("table4")), form="differences")

    changes = t.derive("differences", make)
    name = TERMS[term]
    p, same_sign = float(changes.pvalues[name]), changes.params[name] * levels.params[name] > 0
    computed = f"{changes.params[name]:,.0f} in first differences, p = {p:.2f}"
    note = "First differences of Table 4, constant kept."
    if p < 0.05:
        return Finding("consistent" if same_sign else "contradicted", computed, note)
    return Finding("unsupported", computed, note)


@check("consistent", "unsupported")
def sound_levels(t: Tables, claim: Claim) -> Finding:
    """The levels regression can carry an interpretation: residuals without autocorrelation, and a cointegrating relation."""
    model = fitted(t)
    watson = t.derive("durbin-watson", lambda: diagnostics.durbin_watson(fitted(t)))
    granger = t.derive("engle-granger", lambda: diagnostics.engle_granger(fitted(t)))
    good = watson["p"] > 0.05 or granger["t"] < granger["critical_5"]
    computed = f"Durbin-Watson {watson['dw']:.2f} (p = {watson['p']:.4f}); Engle-Granger {granger['t']:.2f}, critical {granger['critical_5']:.2f}"
    note = "Signs of a spurious regression: autocorrelated residuals and no cointegration at the five per cent level."
    return Finding(
        "consistent" if good else "unsupported",
        computed,
        "" if good else f"{note} n = {int(model.nobs)}.",
    )


@check("reproduced", "contradicted")
def coefficient_sign(t: Tables, claim: Claim, term: str) -> Finding:
    """A coefficient of the fitted model is positive, as the paper reads it."""
    value = statistic(t, term)
    r = float(fits.correlations(fitted(t)).loc[TERMS[term], "zero_order"])
    note = f"Correlation with migration, the other regressor left out: {r:.2f}."
    return Finding("reproduced" if value > 0 else "contradicted", value, note)


@check("consistent", "unsupported")
def inside_the_data(t: Tables, claim: Claim) -> Finding:
    """The constant describes a case like those observed: both regressors near zero, migration not negative."""
    rows = t.read("table4").dropna()
    ranges = {
        c: rows[c].astype(float).tolist() for c in ("gdp_billion_dollars", "unemployment_pct")
    }
    near = all(min(v) <= (max(v) - min(v)) / 10 for v in ranges.values())
    value = t.printed("equation.b0.value").value
    computed = (
        "; ".join(f"{NAMES[c]} {min(v):g} to {max(v):g}" for c, v in ranges.items())
        + " in the data"
    )
    note = "Zero lies outside the data, and a number of people cannot be negative."
    return Finding(
        "consistent" if near and value >= 0 else "unsupported",
        computed,
        "" if near and value >= 0 else note,
    )


@check("consistent", "unsupported")
def frequency(t: Tables, claim: Claim, per_year: int) -> Finding:
    """The data of the regression are observed at least this many times a year."""
    found = int(t.read("table4")["year"].value_counts().max())
    return Finding(
        "consistent" if found >= per_year else "unsupported",
        f"{found} value{'s' * (found > 1)} a year",
    )


@check("consistent", "unsupported")
def series(t: Tables, claim: Claim, pattern: str, least: int) -> Finding:
    """The paper prints at least so many values of a kind."""
    n = len(t.all(pattern))
    return Finding("consistent" if n >= least else "unsupported", f"{n} values")
