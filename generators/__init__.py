"""Speech generators: what makes marked speech, and what detectors learn from."""
