"""Helper library of the executable edition of Bokayev and Akhmetova (2024).

Modules, from the ground up: ``data``, ``forensics``, ``econometrics``, ``projection``, ``regions``, ``claims``, ``results``,
``charts``, ``publish``. Imports run down that list only.
"""
