"""The library below ``import tp``: loading, models, certificates, stored results, and how results are shown."""
