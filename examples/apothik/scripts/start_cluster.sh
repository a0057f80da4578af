#!/usr/bin/env bash
# The five nodes, each in an OS process of its own, until Ctrl-C.
cd "$(dirname "$0")/../../.." || exit
exec npm run --silent cluster
