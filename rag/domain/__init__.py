"""What is known of colleges and their reports: places, names, kinds, indicators."""
