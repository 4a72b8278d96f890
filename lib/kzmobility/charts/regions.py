"""Charts of regions: the tile map, net migration, incomes."""

__all__: list[str] = []
