"""The programs of the folder ``programs`` in frameworks of JAX.

``make(n)`` builds the module. ``weights(params)`` are the weights of the program, by name, with which it computes the
same; of a weight whose initial law has a mean, the deviation from it.
"""
