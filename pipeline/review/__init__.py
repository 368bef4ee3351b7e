"""The review page: each value beside its place on the page, what does not add up, and corrections."""
