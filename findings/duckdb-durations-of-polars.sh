#!/usr/bin/env bash
# DuckDB reads durations that Polars wrote as bare integers, in whatever unit each file was written.
#
# Library:       duckdb 2.0.1 and polars 1.44.2
# Expected:      seven days are seven days, or the column is refused. Polars reads its files back as durations
#                whatever their unit; DuckDB has a type for intervals, and its page "Reading and Writing Parquet
#                Files" says nothing of durations.
# What happens:  Parquet has no such type. Polars keeps the unit in metadata that DuckDB does not look at, so seven
#                days are 604800000000 from one file and 604800000000000 from another, without a name or a unit. Read
#                together, as results in several files are, both stand in one column of the same type, and their mean
#                is 3503 days in microseconds, and wrong in any unit.
# Seen:          Polars reads: [7 days, 0:00:00, 7 days, 0:00:00]
#                DuckDB reads: [(604800000000, 'BIGINT'), (604800000000000, 'BIGINT')]
#                their mean: 302702400000000
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check duckdb==2.0.1 polars==1.44.2
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys
from datetime import timedelta

import duckdb
import polars as pl

week = timedelta(days=7)
for unit in ("us", "ns"):
    pl.DataFrame({"truce": pl.Series([week], dtype=pl.Duration(unit))}).write_parquet(f"{unit}.parquet")
polars = [pl.read_parquet(f"{unit}.parquet")["truce"][0] for unit in ("us", "ns")]
both = "read_parquet(['us.parquet', 'ns.parquet'])"
duck = duckdb.sql(f"select truce, typeof(truce) from {both} order by truce").fetchall()
mean = duckdb.sql(f"select avg(truce) from {both}").fetchall()[0][0]
print(f"Polars reads: [{', '.join(map(str, polars))}]")
print("DuckDB reads:", duck)
print(f"their mean: {mean:.0f}")
as_described = polars == [week, week] and duck == [(604800000000, "BIGINT"), (604800000000000, "BIGINT")]
sys.exit(0 if as_described and mean == 302702400000000 else "this has changed")
PY
