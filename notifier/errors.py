"""The one thing every floor may raise to speak to a person. Imports nothing and knows of nothing."""


class Refused(Exception):
    """Something a person asked for cannot be done.

    The text is a sentence for that person: what is wrong, where (file, line, column, key), and how to mend it. Lower
    floors derive their own refusals from this class; the command line prints the sentence and exits 1, a page shows it.
    `field` names the one field that is at fault, as forms and bodies call it; "": what was asked is well said, and
    can't be done now.
    """

    def __init__(self, *words: object, field: str = "") -> None:
        super().__init__(*words)
        self.field = field


class Changed(Refused):
    """It is no longer as whoever changes it has seen it."""
