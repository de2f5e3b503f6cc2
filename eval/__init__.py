"""Measuring: corpora, protocols, metrics, and the benchmarks whose results lie in the repository."""
