"""Reads many documents in isolated worker processes and lands their rows. Only `flows` use Prefect, and call this."""
