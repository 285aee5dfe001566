"""Measuring: inputs, sweeps over widths, fits of exponents and the verdicts on predictions and claims."""
