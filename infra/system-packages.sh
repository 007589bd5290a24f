#!/bin/sh
# Installs a MariaDB server and Chromium for the tests. Without root or apt-get it prints what to install.
set -eu
missing=""
command -v mariadbd >/dev/null 2>&1 || [ -x /usr/sbin/mariadbd ] || missing="mariadb-server"
command -v chromium-headless-shell >/dev/null 2>&1 || command -v chromium >/dev/null 2>&1 \
    || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 \
    || missing="$missing chromium"
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "error: the tests need a MariaDB server (mariadbd) and Chromium. Install what is missing with your system's package manager:$missing" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "error: the tests need more packages. Run this once, then the same command again: sudo apt-get install --no-install-recommends $missing" >&2
    exit 1
fi
echo "Installing for the tests (once):$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# Debian also has Chromium without windows and the libraries of a desktop: it installs and starts faster
! apt-cache show chromium-headless-shell >/dev/null 2>&1 || missing=$(echo "$missing" | sed 's/chromium$/chromium-headless-shell/')
# shellcheck disable=SC2086 (a list of names)
apt-get install -y -qq --no-install-recommends $missing >/dev/null
