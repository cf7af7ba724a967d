#!/bin/sh
# Lambda calls this in the place of its Python runtime (AWS_LAMBDA_EXEC_WRAPPER), whose command
# follows; the first word of it is the interpreter.
cd "${LAMBDA_TASK_ROOT:-/var/task}" && exec "$1" -m strava_mcp.aws.streaming
