"""Charts of regressions between unrelated series."""

__all__: list[str] = []
