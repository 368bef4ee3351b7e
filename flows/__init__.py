"""The Prefect flows. They only say in which order the functions of `pipeline` are called."""
