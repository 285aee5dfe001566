"""The reference: every kind of entry has a file here, with a ``KIND``, which makes a page for each of its entries."""
