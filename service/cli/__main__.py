"""`python -m service.cli`: the same as `evenfall`, for a process that replaces itself."""

from service.cli import main

# A rehearsal's process imports this module once more, and must not begin a second service.
if __name__ == "__main__":
    main()
