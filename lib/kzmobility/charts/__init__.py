"""The Altair theme and one function per chart.

A chart function takes a tidy frame and returns a finished figure; it computes nothing but the words of its own text
alternative. Importing this module enables the theme and a deterministic renderer.
"""
# ruff: noqa: F403

from kzmobility.charts.audit import *
from kzmobility.charts.demography import *
from kzmobility.charts.diagnostics import *
from kzmobility.charts.explorers import *
from kzmobility.charts.mobility import *
from kzmobility.charts.programmes import *
from kzmobility.charts.regions import *
from kzmobility.charts.regression import *
from kzmobility.charts.scoreboard import *
from kzmobility.charts.specifications import *
from proofbook.figure import SIGNS, figure, sign_scale  # noqa: F401
