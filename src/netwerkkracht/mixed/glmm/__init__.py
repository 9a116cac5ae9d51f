"""The engine of the families other than Gaussian: one marginal likelihood, by quadrature or Laplace."""
