"""Charts as pictures: ``svg`` for pages, ``matplotlib`` for figures. Both have the same limits and ticks."""
