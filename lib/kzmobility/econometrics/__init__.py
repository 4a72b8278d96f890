"""What the paper's regression can bear: fits, diagnostics, vintages, simulations, the grid.

Every function takes frames or arrays and returns plain values or frames; none opens a file or draws
a chart. Estimation wraps statsmodels; what it does not offer is written here, small, with a source.
"""

from kzmobility.econometrics.diagnostics import (
    cochrane_orcutt,
    durbin_watson,
    imhof,
    prais_winsten,
)
from kzmobility.econometrics.fits import (
    coefficients,
    fit,
    regression_frame,
    variant,
)
from kzmobility.econometrics.power import against, long_run, power, smallest_effect
from kzmobility.econometrics.simulation import (
    DESIGNS,
    simulate,
    step_share,
)
from kzmobility.econometrics.specifications import (
    code,
    compact,
    coverage,
    curve,
    curve_counts,
    curve_test,
    defensible,
    fit_specification,
    fitted_specification,
    null_band,
    null_elasticities,
    paper_point,
    rank_of,
    reordered,
    shares,
    specification_grid,
    specification_series,
    window_class,
)
from kzmobility.econometrics.vintages import (
    best_edition,
    candidates_2022,
    match_editions,
    match_years,
    national_rate,
    rounded,
    variant_frames,
    weo_series,
)
from kzmobility.econometrics.worlds import (
    WORLDS,
    calibrate,
    draw,
    reml,
    reml_interval,
    separated,
    sizes,
    world_table,
)
