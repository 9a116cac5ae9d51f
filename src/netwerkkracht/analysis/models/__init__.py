"""The models of the configuration: specification, analysis frame, fit, result, second opinion."""
