"""Watermarks: marks that are put into sound and read out of it again, keyed and authenticated.

from earwitness.watermark.marking import mark, verify
"""
