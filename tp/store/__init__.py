"""Results that outlive a run: one file for each call of the sampler, written atomically and checked when read."""
