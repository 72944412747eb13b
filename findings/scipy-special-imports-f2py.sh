#!/usr/bin/env bash
# Importing scipy's special functions imports numpy's Fortran wrapper generator and its test tools.
#
# Library:       scipy 1.17.1, with numpy 2.4.6
# Expected:      special functions are compiled code and need neither a reader of Fortran sources nor a test runner.
#                The page "numpy.f2py" of numpy calls f2py a tool for building extensions; numpy itself imports it
#                only when asked.
# What happens:  a program that wants one distribution function, and nothing else, starts with seventeen modules of
#                f2py, among them its reader of Fortran, and with `unittest`: scipy's layer for other array libraries
#                takes every public name of numpy, which makes numpy load its lazy parts.
# Seen:          after `import numpy`: f2py False, unittest False
#                after `import scipy.special`: f2py True, unittest True, Fortran reader True
#                modules of f2py: 17
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check scipy==1.17.1 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys


def loaded(name):
    return name in sys.modules


import numpy

before = loaded("numpy.f2py"), loaded("unittest")
print("after `import numpy`: f2py {}, unittest {}".format(*before))

import scipy.special

after = loaded("numpy.f2py"), loaded("unittest"), loaded("numpy.f2py.crackfortran")
print("after `import scipy.special`: f2py {}, unittest {}, Fortran reader {}".format(*after))
print("modules of f2py:", sum(name.startswith("numpy.f2py") for name in sys.modules))
sys.exit(0 if before == (False, False) and after == (True, True, True) else "this has changed")
PY
