"""The numbers of the econometric chapters under their names, and the table of what passes and what fails."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.regression.linear_model import RegressionResultsWrapper

from kzmobility.econometrics import diagnostics as d
from kzmobility.econometrics.fits import (
    bootstrap,
    coefficients,
    correlations,
    fit,
    forecast_errors,
    goodness,
    out_of_sample,
    regression_frame,
    robust,
    variant,
)

NAMES = {"const": "b0", "x1": "b1", "x2": "b2", "trend": "trend", "shift": "shift", "y_lag": "y"}
SUBSAMPLES = ((2001, 2013), (2001, 2015), (2001, 2016), (2014, 2021), (2001, 2019))
BREAK_YEARS = (2014, 2015, 2016, 2017)

Named = dict[str, float | int | str]


def _terms(prefix: str, table: pd.DataFrame) -> Named:
    """Return prefix.b1, prefix.se.b1, ... for every term of a coefficient table."""
    results: Named = {}
    for term, row in table.iterrows():
        name = NAMES[str(term)]
        results[f"{prefix}.{name}"] = float(row["estimate"])
        for part in ("se", "t", "p", "ci_low", "ci_high"):
            results[f"{prefix}.{part}.{name}"] = float(row[part])
    return results


def _fit(prefix: str, model: RegressionResultsWrapper) -> Named:
    """Return the terms, the quality of the fit and the Durbin-Watson of one model."""
    good = goodness(model)
    kept = (
        "n",
        "k",
        "df",
        "r2",
        "r2_adj",
        "sigma",
        "f",
        "f_p",
        "sse",
        "aic",
        "bic",
        "aicc",
        "press_r2",
    )
    dw = d.durbin_watson(model)
    results = _terms(prefix, coefficients(model)) | {
        f"{prefix}.dw": dw["dw"],
        f"{prefix}.dw_p": dw["p"],
    }
    # results.json holds no NaN: PRESS does not exist beside an impulse, AICc not in the smallest samples.
    return results | {f"{prefix}.{name}": good[name] for name in kept if not np.isnan(good[name])}


def named_results(
    table4: pd.DataFrame, *, sup_f_draws: int = 99_999, bootstrap_draws: int = 9_999
) -> Named:
    """Return every named result that needs Table 4 alone.

    Parameters
    ----------
    table4 : DataFrame
        As read by ``data.read("table4")``.
    sup_f_draws, bootstrap_draws : int
        Monte Carlo draws of the sup-F p-value and of the bootstraps; both are seeded.

    Returns
    -------
    dict
        Name -> int, float or str, in full double precision. ``b0 b1 b2`` are the constant, GDP and unemployment;
        ``.se. .t. .p. .ci_low. .ci_high.`` stand before them. Conventions are in the docstrings of the functions that
        compute them; those that a name does not show: ``ols.aic`` and ``ols.bic`` do not count the variance,
        ``ols.aic_sigma``, ``ols.bic_sigma`` do; ``nwL`` is Newey-West with L Bartlett lags and n/(n-k);
        ``chow.YYYY`` starts the second regime in YYYY; ``eg.lagN`` has N lagged differences, no constant and all
        observations that N leaves; ``diff`` keeps a constant; ``loglog`` is ln y on ln x1 and ln x2; ``trend`` counts
        1 in 2001; ``stepYYYY`` adds a level shift from YYYY on, ``stepYYYY.only`` has nothing else.
    """
    frame = regression_frame(table4)
    model = fit(frame)
    return {
        **_inference(model),
        **_residual_tests(model),
        **_single_years(frame, model),
        **_stability(model, sup_f_draws),
        **_cointegration(frame, model),
        **_respecified(frame, model),
        **_prediction(frame, bootstrap_draws),
    }


def _inference(model: RegressionResultsWrapper) -> Named:
    results = _terms("ols", coefficients(model)) | {
        f"ols.{k}": v for k, v in goodness(model).items()
    }
    results["ols.vif"] = float(d.variance_inflation(model)["x1"])  # two regressors share one value
    results["ols.condition_index"] = float(d.condition_indices(model)["condition_index"].max())
    for term, row in correlations(model).iterrows():
        for name, value in row.items():
            results[f"ols.{name}.{NAMES[str(term)]}"] = float(value)
    for kind in ("HC1", "HC3"):
        results |= _robust(kind.lower(), robust(model, kind))
    for lags in (1, 2, 3):
        results |= _robust(f"nw{lags}", robust(model, "NW", lags))
    return results


def _robust(prefix: str, table: pd.DataFrame) -> Named:
    named = _terms(prefix, table)
    return {
        name: value for name, value in named.items() if name.count(".") == 2
    }  # the estimates are those of ols


def _residual_tests(model: RegressionResultsWrapper) -> Named:
    dw = d.durbin_watson(model)
    results: Named = {
        "diag.dw": dw["dw"],
        "diag.dw_p": dw["p"],
        "diag.rho": d.autocorrelation(model),
    }
    for label, test in (
        ("bg1", d.breusch_godfrey(model, 1)),
        ("bg2", d.breusch_godfrey(model, 2)),
        ("bp", d.breusch_pagan(model)),
        ("white", d.white(model)),
    ):
        results |= {f"diag.{label}.{name}": value for name, value in test.items()}
    jb = d.jarque_bera(model)
    results |= {"diag.jb": jb["jb"], "diag.jb.p": jb["p"]}
    results |= {"diag.skewness": jb["skewness"], "diag.kurtosis": jb["kurtosis"]}
    results |= {f"diag.shapiro.{name}": value for name, value in d.shapiro_wilk(model).items()}
    for highest, label in ((2, "reset2"), (3, "reset23")):
        test = d.reset(model, highest)
        results |= {f"diag.{label}.f": test["f"], f"diag.{label}.p": test["p"]}
    return results


def _extreme(prefix: str, years: pd.Series, values: pd.Series) -> Named:
    at = int(np.argmax(values.abs().to_numpy()))
    return {f"{prefix}.max": float(values.iloc[at]), f"{prefix}.max_year": int(years.iloc[at])}


def _single_years(frame: pd.DataFrame, model: RegressionResultsWrapper) -> Named:
    info = d.influence(model)
    n, k = int(model.nobs), int(model.df_model) + 1
    results = _extreme("cook", info["year"], info["cooks_distance"])
    results |= {"cook.threshold": 4 / n, "cook.above": int((info["cooks_distance"] > 4 / n).sum())}
    results |= _extreme("leverage", info["year"], info["leverage"]) | {"leverage.mean": k / n}
    results |= _extreme("student", info["year"], info["studentized_external"])
    tail = 2 * stats.t.sf(abs(results["student.max"]), n - k - 1)
    results["student.p_bonferroni"] = float(min(1, n * tail))
    for term in ("const", "x1", "x2"):
        results |= _extreme(f"dfbetas.{NAMES[term]}", info["year"], info[f"dfbetas_{term}"])
    results["dfbetas.threshold"] = 2 / float(np.sqrt(n))
    loo = d.leave_one_out(frame)
    for column in ("b0", "b1", "b2", "r2"):
        for side, year in (("min", loo[column].idxmin()), ("max", loo[column].idxmax())):
            results[f"loo.{column}_{side}"] = float(loo.loc[year, column])
            results[f"loo.{column}_{side}_year"] = int(year)
    results |= {"loo.p1_max": float(loo["p1"].max()), "loo.p2_max": float(loo["p2"].max())}
    return results


def _stability(model: RegressionResultsWrapper, draws: int) -> Named:
    results: Named = {}
    for year in BREAK_YEARS:
        test = d.chow(model, year)
        results |= {f"chow.{year}.f": test["f"], f"chow.{year}.p": test["p"]}
    test = d.sup_f(model, draws=draws)
    kept = ("f", "year", "p", "critical_10", "critical_5", "critical_1", "first", "last")
    return results | {f"supf.{name}": test[name] for name in kept}


def _cointegration(frame: pd.DataFrame, model: RegressionResultsWrapper) -> Named:
    results: Named = {}
    for row in d.unit_roots(frame).to_dict("records"):
        series = ("d" if row["form"] == "differences" else "") + row["series"]
        name = f"{row['test'].lower()}.{series}.{row['terms']}"
        if row["test"] == "ADF":
            name += f".lag{row['lags']}"
        results |= {name: float(row["statistic"]), f"{name}.p": float(row["p"])}
        results[f"{name}.critical_5"] = float(row["critical_5"])
    for lags in range(4):
        test = d.engle_granger(model, lags)
        results |= {
            f"eg.lag{lags}": test["t"],
            f"eg.lag{lags}.p": test["p"],
            f"eg.lag{lags}.n": test["n"],
        }
        results |= {
            f"eg.{name}": test[name] for name in ("critical_1", "critical_5", "critical_10")
        }
    for row in d.johansen(frame).to_dict("records"):
        for name in (
            "trace",
            "trace_critical_5",
            "trace_small",
            "max_eigenvalue",
            "max_critical_5",
        ):
            results[f"johansen.{name}.r{row['r']}"] = float(row[name])
    return results


def _respecified(frame: pd.DataFrame, model: RegressionResultsWrapper) -> Named:
    results = _fit("diff", variant(frame, form="differences")) | _fit(
        "loglog", variant(frame, form="logs")
    )
    results |= _fit("trend", variant(frame, trend=True))
    results |= _fit("trend.only", variant(frame, regressors=(), trend=True))
    lagged = variant(frame, lagged=True)
    results |= _fit("lag", lagged) | {"lag.durbin_h": d.durbin_h(lagged)}
    del results[
        "lag.dw_p"
    ]  # the exact distribution takes X as given, which a lagged outcome is not
    results |= {f"lag.bg1.{name}": value for name, value in d.breusch_godfrey(lagged, 1).items()}
    for year in (2016, 2017):
        results |= _fit(f"step{year}", variant(frame, shift=year))
        results |= _fit(f"step{year}.only", variant(frame, regressors=(), shift=year))
        results |= _fit(f"impulse{year}", variant(frame, form="differences", shift=year))
    for start, end in SUBSAMPLES:
        results |= _fit(f"sub{start}_{end}", variant(frame, start=start, end=end))
    for label, method in (("co", d.cochrane_orcutt), ("pw", d.prais_winsten)):
        estimate = method(model)
        results |= _terms(label, estimate["coefficients"])
        for name in ("rho", "iterations", "n", "sse", "sigma", "dw", "r2", "r2_untransformed"):
            results[f"{label}.{name}"] = estimate[name]
    return results


def _prediction(frame: pd.DataFrame, draws: int) -> Named:
    predictions = out_of_sample(frame)
    results: Named = {"oos.first": int(predictions.index[0]), "oos.n": len(predictions)}
    inside = predictions["observed"].between(predictions["fixed_low"], predictions["fixed_high"])
    results["oos.fixed.inside"] = int(inside.sum())
    for rule, row in forecast_errors(predictions).iterrows():
        results |= {f"oos.{rule}.{name}": float(value) for name, value in row.items()}
    for kind in ("pairs", "block"):
        for term, row in bootstrap(frame, kind, draws=draws).iterrows():
            for name in ("se", "ci_low", "ci_high", "share_not_positive"):
                results[f"boot.{kind}.{name}.{NAMES[str(term)]}"] = float(row[name])
    return results


def checklist(table4: pd.DataFrame, level: float = 0.05) -> pd.DataFrame:
    """Return every check of the paper's model in one table: what passes and what fails.

    Parameters
    ----------
    level : float
        Significance level.

    Returns
    -------
    DataFrame
        ``group``, ``check``, ``null`` (what the test supposes), ``statistic`` (its symbol), ``value``, ``p`` (NaN where
        the decision is by critical value), ``rejects`` (the null), ``passes`` (the outcome that the paper's reading of
        the model needs), ``name`` (of the statistic among the named results).
    """
    frame = regression_frame(table4)
    model = fit(frame)
    rows: list[tuple] = []

    def add(
        group: str,
        check: str,
        null: str,
        symbol: str,
        value: float,
        p: float,
        name: str,
        *,
        needs: bool,
    ) -> None:
        """Add one test by p-value; ``needs`` is whether the paper's reading needs a rejection."""
        rows.append(
            (
                group,
                check,
                null,
                symbol,
                value,
                p,
                bool(p < level),
                bool((p < level) == needs),
                name,
            )
        )

    table = coefficients(model)
    f = goodness(model)
    add("fit", "F test", "both slopes are zero", "F", f["f"], f["f_p"], "ols.f", needs=True)
    for term, label in (("x1", "GDP"), ("x2", "unemployment")):
        t = table.loc[term]
        name = NAMES[term]
        add(
            "fit",
            f"t test, {label}",
            "the slope is zero",
            "t",
            t["t"],
            t["p"],
            f"ols.t.{name}",
            needs=True,
        )
        for kind, lags, prefix, title in (
            ("HC1", 0, "hc1", "HC1"),
            ("HC3", 0, "hc3", "HC3"),
            ("NW", 1, "nw1", "Newey-West, 1 lag"),
            ("NW", 2, "nw2", "Newey-West, 2 lags"),
            ("NW", 3, "nw3", "Newey-West, 3 lags"),
        ):
            t = robust(model, kind, lags).loc[term]
            add("robust errors", f"{title}, {label}", "the slope is zero", "t", t["t"], t["p"],
                f"{prefix}.t.{name}", needs=True)  # fmt: skip
    dw = d.durbin_watson(model)
    none = "the errors do not depend on those before"
    add(
        "autocorrelation",
        "Durbin-Watson, exact",
        none,
        "d",
        dw["dw"],
        dw["p"],
        "diag.dw",
        needs=False,
    )
    for lags in (1, 2):
        t = d.breusch_godfrey(model, lags)
        add("autocorrelation", f"Breusch-Godfrey, order {lags}", none, "LM", t["lm"], t["p"], f"diag.bg{lags}.lm",
            needs=False)  # fmt: skip
    even = "the errors vary equally in all years"
    t = d.breusch_pagan(model)
    add(
        "variance",
        "Breusch-Pagan, studentized",
        even,
        "LM",
        t["lm"],
        t["p"],
        "diag.bp.lm",
        needs=False,
    )
    t = d.white(model)
    add("variance", "White", even, "LM", t["lm"], t["p"], "diag.white.lm", needs=False)
    normal = "the errors are normal"
    t = d.jarque_bera(model)
    add("shape", "Jarque-Bera", normal, "JB", t["jb"], t["p"], "diag.jb", needs=False)
    t = d.shapiro_wilk(model)
    add("shape", "Shapiro-Wilk", normal, "W", t["w"], t["p"], "diag.shapiro.w", needs=False)
    t = d.reset(model)
    add(
        "form",
        "RESET, squares and cubes",
        "the form is linear",
        "F",
        t["f"],
        t["p"],
        "diag.reset23.f",
        needs=False,
    )
    for year in BREAK_YEARS:
        t = d.chow(model, year)
        add("stability", f"Chow, second regime from {year}", "one set of coefficients for all years", "F", t["f"],
            t["p"], f"chow.{year}.f", needs=False)  # fmt: skip
    t = d.sup_f(model)
    add("stability", f"sup-F, unknown date ({t['year']})", "one set of coefficients for all years", "F", t["f"], t["p"],
        "supf.f", needs=False)  # fmt: skip
    for lags in range(4):
        t = d.engle_granger(model, lags)
        rejects = t["t"] < t["critical_5"]
        rows.append(("cointegration", f"Engle-Granger, {lags} lag{'' if lags == 1 else 's'}", "the series are not cointegrated", "t", t["t"],
                     float("nan"), rejects, rejects, f"eg.lag{lags}"))  # fmt: skip
    t = d.johansen(frame).iloc[0]
    rejects = bool(t["trace"] > t["trace_critical_5"])
    rows.append(("cointegration", "Johansen, trace, r = 0", "the series are not cointegrated", "trace", t["trace"],
                 float("nan"), rejects, rejects, "johansen.trace.r0"))  # fmt: skip
    for label, title, kwargs in (
        ("diff", "First differences", {"form": "differences"}),
        ("trend", "With a linear trend", {"trend": True}),
        ("lag", "With last year's migration", {"lagged": True}),
        ("loglog", "Logarithms", {"form": "logs"}),
        ("step2016", "With a level shift from 2016", {"shift": 2016}),
        ("step2017", "With a level shift from 2017", {"shift": 2017}),
    ):
        table = coefficients(variant(frame, **kwargs))
        for term, name in (("x1", "GDP"), ("x2", "unemployment")):
            t = table.loc[term]
            add("other forms", f"{title}, {name}", "the slope is zero", "t", t["t"], t["p"],
                f"{label}.t.{NAMES[term]}", needs=True)  # fmt: skip
    columns = ["group", "check", "null", "statistic", "value", "p", "rejects", "passes", "name"]
    return pd.DataFrame(rows, columns=columns)
