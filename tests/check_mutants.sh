#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every text of tests/mutants.tsv stands in its file exactly once. `make mutants` makes the changes.
set -eu
cd "$(dirname "$0")/.."
exec /usr/bin/python3 tests/mutants.py check
