#!/bin/sh
# Resolve requirements/*.in into lists with the hash of every file of every package, for all platforms and Pythons from 3.11 on.
# The lists hold no address of a package index, so each machine uses its own. To upgrade: infra/lock.sh .venv/bin/python --upgrade
set -eu
cd "$(dirname "$0")/.."
python="$1"
shift
for level in install run research cluster test bench oracles; do
    override="requirements/$level.override"
    echo "Locking requirements/$level.txt ..."
    "$python" -m uv pip compile "requirements/$level.in" --output-file "requirements/$level.txt" \
        --universal --python-version 3.11 --generate-hashes --quiet --no-annotate \
        $(test ! -f "$override" || echo "--override $override") \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" "$@"
done
