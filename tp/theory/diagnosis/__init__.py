"""Blame and repair: what makes a quantity too large, and which exponent would mend it."""
