"""Programs as JAX arrays: evaluation, dense and conditioned weights, random numbers."""
