"""STUB, to be replaced whole by the ledger's own module."""


def check_all(tables=None):
    return []
