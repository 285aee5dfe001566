"""Programs from JAX functions: a module is traced at several widths, and its jaxpr is written as a program text."""
