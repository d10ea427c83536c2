"""What a person touches: command line, page; and where the parts are put together."""
