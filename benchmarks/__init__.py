"""What reading costs: this program beside its floor and beside the table finders of other packages."""
