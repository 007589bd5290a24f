#!/bin/sh
# Runs docker compose; its error messages say what to do.
set -eu
cd "$(dirname "$0")/.."
if docker compose version >/dev/null 2>&1; then
    compose="docker compose"
elif command -v docker-compose >/dev/null 2>&1; then
    compose="docker-compose"
else
    echo "error: docker compose is not installed (Debian: apt-get install docker.io docker-compose). Without containers: make run" >&2
    exit 1
fi
if [ ! -f .env ]; then
    echo "error: there is no .env with the passwords. Do: cp .env.example .env, and set the passwords" >&2
    exit 1
fi
case "$1" in
up)
    if ! $compose up --detach --build; then
        $compose logs --no-log-prefix --tail 5 check topics tables >&2
        exit 1
    fi
    echo "Open http://127.0.0.1:8080 (Grafana: http://127.0.0.1:3000, Prometheus: http://127.0.0.1:9090)"
    ;;
down) $compose down ;;
*) $compose "$@" ;;
esac
