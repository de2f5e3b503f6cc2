"""The synthetic-speech detector: 16-kHz speech in, calibrated log-likelihood ratios over time out."""
