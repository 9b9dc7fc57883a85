"""What the commands do, a module for each kind, and their flags (`usage`). Which runs is `monitor.cli`'s.

A command is a function that takes the parsed flags and returns the exit code. It prints what was asked for to standard
output, and what went wrong to standard error. Importing a module here may cost time: `monitor.cli` imports the one it needs.
"""
