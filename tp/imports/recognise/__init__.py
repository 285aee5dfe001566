"""Groups of equations that are one thing in the language: activations, softmax, variances."""
