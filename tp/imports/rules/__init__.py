"""What primitives of JAX are in the language: one file a group, with what it says of axes and how it is written."""
