"""Makes the PDFs the tests read: any ruled table, whole forms, and the sample of seven forms."""
