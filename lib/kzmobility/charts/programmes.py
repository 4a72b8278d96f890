"""Charts of the state programmes and the survey."""

__all__: list[str] = []
