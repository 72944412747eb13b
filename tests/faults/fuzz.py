"""A coverage-guided run of one check of `inputs.py`: python tests/faults/fuzz.py CHECK -runs=1000000 FOLDER.

Needs atheris, which is no dependency of the tests. Options after the check are those of libFuzzer; FOLDER collects the
inputs that reach new code. An input that fails is written to crash-*, and belongs into corpus/CHECK once it is mended.
"""

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2]))
with atheris.instrument_imports(include=["sim", "ruamel", "inputs"]):
    import inputs

if __name__ == "__main__":
    check = inputs.CHECKS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
