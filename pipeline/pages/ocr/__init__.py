"""Scanned pages as the same words and rules as digital ones. NumPy, OpenCV and the models load when a scan is met."""
