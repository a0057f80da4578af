#!/usr/bin/env bash
# One more node, by its number: start_instance.sh 6, start_instance.sh 2 2 tokens
cd "$(dirname "$0")/../../.." || exit
exec npm run --silent instance -- "$@"
