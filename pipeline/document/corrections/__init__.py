"""What people have corrected: kept as data beside the PDFs, and applied to what is read before it is checked."""
