"""Training, run: gradient descent of a program and of its linear model, side by side."""
