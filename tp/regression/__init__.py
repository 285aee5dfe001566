"""Regression on kernels: Gaussian processes, and networks of infinite width that are trained under the squared cost.

Nothing here knows programs: kernels are matrices, or functions of two batches of inputs. ``gaussian_process`` and
``gradient_descent`` are the two laws of outputs, ``factors`` the linear algebra with its diagnostics, ``outputs`` the
kernels of outputs with several components, and ``predictor`` what a user calls with inputs.
"""
