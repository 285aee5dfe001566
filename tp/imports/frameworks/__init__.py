"""What a user's ``make(n)`` returns, of any framework, as a :class:`tp.imports.module.Module` at the width n.

``made`` calls ``make`` and is the way in. ``returned`` reads what it returned; ``linen``, ``nnx``, ``equinox``,
``haiku`` and ``functions`` each turn one kind of it into two pure functions. No framework is imported here: an object
can only belong to one that the user has imported.
"""
