"""The dataset: its tables, how documents land in it all or nothing, and how it is read and checked."""
