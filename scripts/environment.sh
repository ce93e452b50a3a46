# Sourced by the other scripts: `environment <extra>` makes .venv where there is none, and installs this
# package into it, editable, with what the extra needs. Done once, and again when pyproject.toml changes.

environment() {
    local stamp=".venv/installed-$1"
    if [ ! -x .venv/bin/python ]; then
        "${PYTHON:-python3}" -m venv .venv
    fi
    if [ ! -f "$stamp" ] || [ pyproject.toml -nt "$stamp" ]; then
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[$1]"
        touch "$stamp"
    fi
}
