"""A file → the parts of its report, in a guarded child process."""
