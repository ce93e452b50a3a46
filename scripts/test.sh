#!/usr/bin/env bash
# Runs the tests in .venv, which is made where there is none. Arguments go to pytest:
#     scripts/test.sh tests/programs -k cholesky
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/environment.sh
environment dev
exec .venv/bin/python -m pytest -n 2 --dist loadgroup "$@"
