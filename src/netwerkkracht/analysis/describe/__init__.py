"""Counts, means and comparisons that need no model: stacking, flow, missing values, balance, attrition."""
