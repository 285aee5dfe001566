"""Transformations of programs into programs: gradients, jets, displacements, moved and rescaled weights."""
