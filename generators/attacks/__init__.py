"""The data engine: from a folder of real speech, attacks on a detector, each beside its untouched twin.

sources: the recordings -> plan: what becomes of each, drawn from its name and the seed -> engines: who makes
it -> remake, splice: the sound -> equalise, channel: the same for attack and twin -> manifest, audit.
``run_attacks`` is all of it in one call. Nothing here needs torch.
"""

from earwitness.generators.attacks.entry import AttackPlan, Outcome, run_attacks

__all__ = ["AttackPlan", "Outcome", "run_attacks"]
