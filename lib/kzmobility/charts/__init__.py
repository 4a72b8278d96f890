"""The Altair theme and one function per chart.

A chart function takes a tidy frame and returns a finished figure; it computes nothing but the words of its own text
alternative. Importing this module enables the theme and a deterministic renderer.
"""

from kzmobility.charts.demography import *  # noqa: F403
from kzmobility.charts.theme import SIGNS, figure, sign_scale

__all__ = ["SIGNS", "figure", "sign_scale"]
