"""The quantities of the paper as programs: C^{D,d}, the kernel, the Hessian, and steps of training."""
