"""Speech engines of others behind our protocol: programs on the PATH, Python packages, signal processing.

None of them comes with EarWitness; each is a plug-in of the group ``earwitness.generators`` that says what is
missing and how to get it. Attack material and the detector's benches are made with them, too.
"""
