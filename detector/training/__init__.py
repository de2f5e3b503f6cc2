"""Training the detector: data, augmentation, networks, export. Needs the `train` extra."""
