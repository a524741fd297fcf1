"""Spreadsheets become a study.

``sandbox`` opens bytes, ``tables`` recognises what they are, ``values`` turns text into numbers and
dates, ``read`` makes the study, ``check`` says what is wrong in it; ``propose`` guesses the study
file. ``model`` has the types that these rooms hand on.
"""
