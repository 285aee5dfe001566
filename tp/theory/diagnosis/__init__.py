"""Blame and repair: the causes of a quantity that is too large, and changes of one exponent that mend it."""
