"""Checks that re-run the paper's regression, or look at what is in it."""

from __future__ import annotations

import statsmodels.formula.api as smf
from statsmodels.regression.linear_model import RegressionResultsWrapper
from statsmodels.tsa.stattools import coint

from kzmobility.econometrics.diagnostics import durbin_watson
from proofbook.checks import Claim, Finding, Tables, check, need, quantity

OUTCOME = "migration_persons"
REGRESSORS = ["gdp_billion_dollars", "unemployment_pct"]
TERMS = dict(zip(("b0", "b1", "b2"), ("Intercept", *REGRESSORS), strict=True))
NAMES = {
    "migration_persons": "internal migration",
    "gdp_billion_dollars": "GDP",
    "unemployment_pct": "unemployment",
}


def least_squares(t: Tables, *, differences: bool = False) -> RegressionResultsWrapper:
    """Return the paper's regression on the complete years of Table 4, in levels or first
    differences."""

    def make() -> RegressionResultsWrapper:
        years = t.read("table4").set_index("year").dropna().astype(float)
        rows = years.diff().dropna() if differences else years
        return smf.ols(f"{OUTCOME} ~ {' + '.join(REGRESSORS)}", data=rows).fit()

    return t.derive(("paper's regression", differences), make)


@quantity()
def estimate(t: Tables, name: str) -> float:
    """Return what the regression on Table 4 gives when it is computed again."""
    model = least_squares(t)
    if name in TERMS:
        return float(model.params[TERMS[name]])
    return {
        "multiple_r": model.rsquared**0.5,
        "r2": model.rsquared,
        "r2_adj": model.rsquared_adj,
        "sigma": model.mse_resid**0.5,
    }[name]


@check("reproduced", "contradicted", what="complete rows of Table 4")
def usable_years(t: Tables, claim: Claim) -> Finding:
    """The number of observations is the number of rows of Table 4 that are complete."""
    rows = t.read("table4")
    complete = rows.dropna()
    left_out = sorted(set(rows["year"]) - set(complete["year"]))
    computed = f"{len(complete)} of {len(rows)}" + (
        f"; not {', '.join(map(str, left_out))}" if left_out else ""
    )
    return Finding("reproduced" if len(complete) == need(claim).value else "contradicted", computed)


@check("consistent", "contradicted", basis="paper", what="terms of the equation")
def regressors(t: Tables, claim: Claim, *columns: str) -> Finding:
    """The equation has a constant and the stated regressors, each a column of Table 4."""
    named = t.read("equation")["regressor"].tolist()
    good = named == ["constant", *columns] and set(columns) <= set(t.read("table4").columns)
    computed = ", ".join(NAMES.get(name, name) for name in named)
    return Finding("consistent" if good else "contradicted", computed)


@check("consistent", "unsupported", basis="paper", what="variables of the regression")
def in_the_model(t: Tables, claim: Claim, *words: str) -> Finding:
    """The regression, the paper's only test of an effect, has a variable of what the statement is
    about."""
    columns = [c for c in t.read("table4").columns if c != "year"]
    used = [c for c in columns if any(w in c for w in words)]
    computed = ", ".join(NAMES.get(c, c) for c in columns)
    if used:
        return Finding("consistent", computed)
    return Finding(
        "unsupported",
        computed,
        f"The regression explains {NAMES[OUTCOME]} by {' and '.join(NAMES[c] for c in REGRESSORS)} "
        "alone, and the paper tests no effect in another way.",
    )


@check("consistent", "contradicted", "unsupported", what="coefficient in first differences")
def survives(t: Tables, claim: Claim, term: str) -> Finding:
    """The coefficient keeps its sign and its significance in changes from year to year, where
    common trends are gone.

    Kept: consistent. Reversed and significant: contradicted. Not different from zero: the levels
    prove nothing.
    """
    levels, changes, name = least_squares(t), least_squares(t, differences=True), TERMS[term]
    p, same_sign = float(changes.pvalues[name]), changes.params[name] * levels.params[name] > 0
    computed = f"{changes.params[name]:,.0f} (p = {p:.2f})"
    note = "First differences of Table 4, constant kept."
    if p < 0.05:
        return Finding("consistent" if same_sign else "contradicted", computed, note)
    return Finding("unsupported", computed, note)


@check("consistent", "unsupported", what="tests of the residuals")
def sound_levels(t: Tables, claim: Claim) -> Finding:
    """A regression of yearly levels can be read as an effect: its errors are independent from year
    to year, or the series move together whatever the lag (cointegration).

    Engle and Granger's test, without lags and at the lag that the Bayesian criterion chooses.
    """
    model = least_squares(t)
    watson = t.derive("durbin-watson", lambda: durbin_watson(least_squares(t)))
    y, x = model.model.endog, model.model.exog[:, 1:]

    def granger() -> list[tuple[float, float]]:
        options = ({"maxlag": 0, "autolag": None}, {"maxlag": 3, "autolag": "bic"})
        return [(float(r[0]), float(r[2][1])) for r in (coint(y, x, **o) for o in options)]

    (none, critical), (chosen, at_chosen) = t.derive("engle-granger", granger)
    good = watson["p"] > 0.05 or (none < critical and chosen < at_chosen)
    computed = (
        f"Durbin-Watson {watson['dw']:.2f} (p = {watson['p']:.4f}); Engle-Granger {none:.2f} "
        f"without lags, {chosen:.2f} at the lag that the Bayesian criterion chooses "
        f"(5 % critical value {at_chosen:.2f})"
    )
    note = (
        "The errors of neighbouring years go together, so that series that merely share a trend "
        "could give the same fit. Whether they are cointegrated depends on the lag: without lags "
        f"the test finds no cointegration, at the lag that the Bayesian criterion chooses it "
        f"{'does' if chosen < at_chosen else 'finds none either'}."
    )
    return Finding(
        "consistent" if good else "unsupported",
        computed,
        "" if good else f"{note} n = {int(model.nobs)}.",
    )


@check("consistent", "contradicted", what="coefficient")
def coefficient_sign(t: Tables, claim: Claim, term: str) -> Finding:
    """The coefficient of the regression, computed again, is positive, as the paper reads it."""
    value = estimate(t, term)
    assert isinstance(value, float)
    rows = t.read("table4").dropna().astype(float)
    r = float(rows[OUTCOME].corr(rows[TERMS[term]]))
    note = f"Correlation with migration, the other regressor left out: {r:.2f}."
    return Finding("consistent" if value > 0 else "contradicted", value, note)


@check("consistent", "unsupported", basis="paper", what="range of the regressors")
def inside_the_data(t: Tables, claim: Claim) -> Finding:
    """The constant describes a case like those observed: GDP and unemployment near zero, migration
    not negative."""
    rows = t.read("table4").dropna()
    ranges = {c: rows[c].astype(float).tolist() for c in REGRESSORS}
    near = all(min(v) <= (max(v) - min(v)) / 10 for v in ranges.values())
    good = near and t.printed("equation.b0.value").value >= 0
    computed = "; ".join(f"{NAMES[c]} {min(v):g} to {max(v):g}" for c, v in ranges.items())
    note = "Zero lies outside the data, and a number of people cannot be negative."
    return Finding("consistent" if good else "unsupported", computed, "" if good else note)
