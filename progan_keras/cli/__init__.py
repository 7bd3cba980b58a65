"""The command line: one file per command, arguments and messages only."""
