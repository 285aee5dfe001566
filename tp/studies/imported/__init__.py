"""Programs from JAX modules: ``study`` imports one, ``check`` holds it against the module before it is given out."""
