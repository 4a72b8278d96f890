"""The checks that judge the claims of this edition; ``_config.yml`` names this module."""

from __future__ import annotations

import statsmodels.formula.api as smf

from proofbook.checks import Claim, Finding, Tables, check

MODEL = "employed ~ deflator + product + unemployed + forces + population + year"


@check("reproduced", "contradicted", what="coefficient")
def certified(tables: Tables, claim: Claim, term: str) -> Finding:
    """Least squares gives the certified coefficient, to nine digits."""
    value = smf.ols(MODEL, data=tables.read("longley").astype(float)).fit().params[term]
    wanted = tables.read("certified").set_index("term").value[term]
    same = f"{value:.8e}" == f"{wanted:.8e}"
    return Finding("reproduced" if same else "contradicted", float(f"{value:.9g}"))


@check("consistent", "contradicted", basis="paper", what="last value minus first")
def rises(tables: Tables, claim: Claim, column: str) -> Finding:
    """The last value of a series is above the first."""
    series = tables.read("longley")[column]
    change = float(series.iloc[-1] - series.iloc[0])
    return Finding("consistent" if change > 0 else "contradicted", change)
