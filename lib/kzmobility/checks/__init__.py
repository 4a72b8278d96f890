"""The checks of this paper's claims; importing this package registers them.

A check lives in the module of what it needs: ``arithmetic`` (the paper alone), ``official``
(official and reported figures), ``model`` (the regression), ``sources`` (citations and reference
lists).
"""

from kzmobility.checks import arithmetic, model, official, sources

__all__ = ["arithmetic", "model", "official", "sources"]
