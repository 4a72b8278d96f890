"""The charts that two grammars and a few lines of Altair in a notebook cannot draw."""
# ruff: noqa: F403

from kzmobility.charts.explorers import *
from kzmobility.charts.regions import *
from kzmobility.charts.regression import *
from kzmobility.charts.specifications import *
