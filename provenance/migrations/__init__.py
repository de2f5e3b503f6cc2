"""Versions of the registry's database, oldest first; a released one is never changed."""
