"""Words compared without their capitals and accents, as people type them in a hurry."""

ACCENTS = str.maketrans("áéíóúü", "aeiouu")


def folded(text: str) -> str:
    """The text in small letters without accents; ñ stays, as it is a letter of its own."""
    return text.casefold().translate(ACCENTS)
