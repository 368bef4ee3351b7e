"""One HTML file that tells what a dataset holds, for people who do not write SQL; each number leads to its rows."""
