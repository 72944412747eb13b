"""Machine code of the rules: made when the package is built, checked and called when it is used."""
