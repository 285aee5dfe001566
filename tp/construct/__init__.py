"""Building blocks of programs, for all front ends: linear combinations, weights, softmax, windows, selection.

Nothing here imports a front end. ``span`` is the place in the source at which errors are reported, or None.
"""
