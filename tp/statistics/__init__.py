"""The one engine of statistics: from samples at several widths to exponents of n, bounds and verdicts.

Quantiles, the bootstrap, confidence intervals, slopes, corrections, rival laws, fits, the definition of an asymptotic
bound, and verdicts on fits. The verifier and :mod:`tp.asymptotics` are built on it.
"""
