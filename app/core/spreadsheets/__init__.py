"""Tables that people bring in and take away: CSV and Excel.

`reading`: bytes of unknown origin to rows of text. `writing`: rows to a file that no spreadsheet runs anything of.
"""
