"""Fetching: from the publishers that `sources.toml` names to PDFs and a catalogue below the raw folder."""
