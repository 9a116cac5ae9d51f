"""Where results come from: fingerprints of code, places in the code, one record per job."""
