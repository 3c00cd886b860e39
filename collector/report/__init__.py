"""The account as one self-contained page: `write_report(...)`."""
