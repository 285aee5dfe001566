"""Sweeps over widths: the plan, the rounds, the workers, the limit of memory."""
