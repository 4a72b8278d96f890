"""Charts of what the regression can bear."""

__all__: list[str] = []
