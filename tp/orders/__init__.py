"""The calculus of exponents of n: typical orders with cancellations, bounds without, and proofs of both.

``typical`` says how large a quantity is with probability tending to 1, ``bounds`` what it does not exceed, and
``proof`` writes derivations of either down and checks them. The calculus knows axes by name and exponent, weights and
functions by the facts in ``facts``, and nothing of networks or graphs. Theorems and proofs are in docs/calculus.md.
"""
