"""The review page: each value beside its place on the page, findings, and corrections."""
