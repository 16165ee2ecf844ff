"""The command line: exit codes, what goes to stdout and what to stderr, faults by place."""
