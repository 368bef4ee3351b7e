"""The differences between versions of the dataset: the change report of a new version, and `diff`."""
