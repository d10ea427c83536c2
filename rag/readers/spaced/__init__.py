"""Tables that plain text sets by spaces."""
