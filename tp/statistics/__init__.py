"""Statistics of measured sizes: quantiles, intervals, slopes, corrections, rival laws, fits and verdicts."""
