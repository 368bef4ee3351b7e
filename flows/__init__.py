"""The Prefect flows. They only say in which order the functions of `pipeline.ingest` are called."""
