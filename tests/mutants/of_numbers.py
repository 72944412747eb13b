"""How what is not known is drawn, made wrong; and mends since, undone."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

_DRAWS = "tests/unit/test_draws.py"
_LAW = f"{_DRAWS}::test_an_unknown_chance_has_its_law_out_to_both_ends"

OF_NUMBERS = [
    Mutant("chance-begins-inside", "quantiles_of", "special.betaincinv(*uncertain.beta, probabilities)",
           "special.betaincinv(*uncertain.beta, probabilities.clip(CUT_OFF, 1 - CUT_OFF))",
           "an unknown chance begins half a 257th above 0", _LAW),
    Mutant("ends-not-halved", "uncertain_at", "inside < width and outer > 1", "False",
           "the outermost steps of a distribution are straight", _LAW),
    Mutant("ends-exchanged", "uncertain_at", "u > 0.5", "False", "what lies above all others lies below them", _LAW),
]  # fmt: skip
