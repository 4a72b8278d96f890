"""Charts of what-if questions."""

__all__: list[str] = []
