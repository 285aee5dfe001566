"""The programs of the folder ``programs`` in frameworks of JAX.

``make(n)`` builds the module. ``weights(params)`` are the weights of the program, by name, with which it computes the
same; of a weight whose initial law has a mean, the deviation from it. ``RATES`` are learning rates by path of the
module's weights, as functions of n, where they are not 1.
"""
