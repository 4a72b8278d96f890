"""The ledger of claims: every assertion of the paper, the check bound to it, and its verdict.

A claim is a row of ``data/paper/claims.csv``. Its column ``check`` calls one of the registered checks with literal
arguments, such as ``total("table2.*.sent_students")``; the check reads tables and returns a verdict. Nobody types a
verdict beside a claim, except `unsupported` and `unverifiable` where there is nothing to compute, with the reason.

A check lives in the module of what it needs: ``arithmetic`` (the paper alone), ``official`` (official and reported
figures), ``model`` (the regression), ``sources`` (citations and reference lists).
"""

from kzmobility.claims import arithmetic, model, official, sources  # noqa: F401  importing registers the checks
from kzmobility.claims.base import CHECKS, EVIDENCE, KINDS, SECTIONS, VERDICTS, LedgerError, Result
from kzmobility.claims.ledger import check, check_all, load, problems, verdicts

__all__ = [
    "CHECKS",
    "EVIDENCE",
    "KINDS",
    "SECTIONS",
    "VERDICTS",
    "LedgerError",
    "Result",
    "check",
    "check_all",
    "load",
    "problems",
    "verdicts",
]
