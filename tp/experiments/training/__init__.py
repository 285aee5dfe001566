"""Training runs as an experiment: an optimiser on a program, and on its linear model beside it."""
