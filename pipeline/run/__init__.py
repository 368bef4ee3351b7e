"""Reads many documents in isolated worker processes and lands what was read. No Prefect here: flows only call this."""
