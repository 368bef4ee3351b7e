"""What a new version of the dataset changed, and which labels cost how many forms: for the people who run it."""
