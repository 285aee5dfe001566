"""Diagnostics: errors about a program or its use, each with a code, a place in the source, and a page that explains it.

``span`` and ``diagnostic`` are the data, ``codes`` the table of all codes, ``text`` and ``json`` the renderings, and
``packaged`` finds files that are installed with the package.
"""
