"""Training of the generators; needs the extra ``train``."""
