"""Charts of the paper's series, its regression and its inputs."""

__all__: list[str] = []
