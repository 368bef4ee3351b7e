"""The panel: the same project recognised across years, documents and kinds of forms."""
