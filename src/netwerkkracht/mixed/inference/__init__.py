"""What is asked of a fit: means, contrasts, F tests, bootstrap, residuals, predictions, pooling."""
