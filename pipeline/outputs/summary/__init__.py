"""The dataset report: one HTML file for people who do not write SQL; each number links to its rows."""
