"""Settings, from options, environment and file."""
