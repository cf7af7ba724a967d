"""The way onto AWS Lambda: the handler, response streaming, what Zappa's hooks do, the table."""
