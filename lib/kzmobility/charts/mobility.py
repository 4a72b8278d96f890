"""Charts of internal educational mobility."""

__all__: list[str] = []
