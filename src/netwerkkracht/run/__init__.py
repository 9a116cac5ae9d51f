"""From a command to a result: steps, workflow, fingerprints, provenance, verification."""
