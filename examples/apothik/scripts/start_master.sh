#!/usr/bin/env bash
# A shell with a name, to look into the cluster from a second terminal.
cd "$(dirname "$0")/../../.." || exit
exec npm run --silent shell
