"""Both sides of the paper's theorems: correlations at initialisation, deviations after training."""
