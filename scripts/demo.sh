#!/usr/bin/env bash
# Shows a derivative that was generated, checks it, and trains two models with such derivatives.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/environment.sh
environment examples
exec .venv/bin/python examples/demo.py "$@"
