"""Learning rates and optimisers of the language, from those of optax or from a dictionary."""
