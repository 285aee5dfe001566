"""What primitives of JAX are in the language: one file a group, with what it says of axes and how it is written."""


def load() -> None:
    """Registers the rules of all files of this folder."""
    from importlib import import_module
    from pkgutil import iter_modules

    for module in iter_modules(__path__, f"{__name__}."):
        import_module(module.name)
