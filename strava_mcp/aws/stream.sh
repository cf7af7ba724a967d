#!/bin/sh
# Lambda runs this instead of its Python runtime (AWS_LAMBDA_EXEC_WRAPPER). The arguments are the
# runtime's command; the first one is the interpreter.
cd "${LAMBDA_TASK_ROOT:-/var/task}" && exec "$1" -m strava_mcp.aws.streaming
