"""Charts of verdicts."""

__all__: list[str] = []
