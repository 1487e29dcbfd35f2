"""The one thing every floor may raise to speak to a person. Imports nothing and knows of nothing."""


class Refused(Exception):
    """Something a person asked for cannot be done.

    The text is a sentence for that person: what is wrong, where (file, line, column, key), and how to mend it. Lower
    floors derive their own refusals from this class; the command line prints the sentence and exits 1, a page shows it.
    """
