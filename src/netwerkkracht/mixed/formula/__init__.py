"""From a formula and a frame to a design: text, terms, columns, design."""
