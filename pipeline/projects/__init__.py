"""Joins the forms of one project across years, documents and kinds of forms."""
