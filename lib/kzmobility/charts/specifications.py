"""Charts of all specifications of the regression."""

__all__: list[str] = []
