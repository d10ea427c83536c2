"""A draft → an answer in which every figure is proved."""
