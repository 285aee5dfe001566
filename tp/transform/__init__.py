"""Transformations of programs into programs: gradient, jets, and what is made of them."""
