"""The engine: turns a folder of notebooks, data and claims into an audited book.
It knows nothing of any one paper."""
