"""What every front end builds programs with: linear combinations, weights, softmax, windows, selection.

No front end is known here. Functions take the place in the source that an error is reported at, or None.
"""
