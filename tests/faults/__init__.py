"""The service run to its limits: processes killed, and an independent checker of what became of it."""
