#!/usr/bin/env bash
# The five nodes, each in an OS process of its own, until Ctrl-C: start_cluster.sh, start_cluster.sh 2 tokens, start_cluster.sh 3
cd "$(dirname "$0")/../../.." || exit
exec npm run --silent cluster -- "$@"
