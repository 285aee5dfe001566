"""Matrices that are never built: their products with vectors are drawn or computed as they are asked for."""
