"""`python -m service.cli`: the same as `evenfall`, for a process that replaces itself."""

from service.cli import main

main()
