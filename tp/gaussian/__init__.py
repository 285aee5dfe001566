"""Means of functions of one or two normal variables: closed forms, and quadrature with controlled errors."""
