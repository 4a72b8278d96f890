"""Econometrics of the paper's Table 4."""
