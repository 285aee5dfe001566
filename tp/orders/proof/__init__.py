"""Derivations, certificates, and the checker that replays them."""
