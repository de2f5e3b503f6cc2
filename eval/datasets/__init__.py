"""Public sets that detectors are compared on, read as they lie on the disks of those who fetched them."""
