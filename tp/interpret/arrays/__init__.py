"""Programs as JAX arrays: evaluation, dense and matrix-free (conditioned) weights, random numbers."""
