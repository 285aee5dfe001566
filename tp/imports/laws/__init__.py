"""Initial laws of the weights of a module, read off its ``init`` at several widths."""
