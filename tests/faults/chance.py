"""Files with a few of their bytes changed by chance."""

import random
import zipfile
from io import BytesIO

STRANGE = (
    b"\0", b"\xff", b"\xff" * 4, b"\xff" * 8, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f",
    b"\0\0\1\0", b'"', b"\r", b"\n", b"\r\n", b",", b";", b"<", b"&", b"\x80", b"\xc3",
    b"\xef\xbb\xbf",
)  # fmt: skip


def changed(content: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of them changed, added, repeated or cut away."""
    spoilt = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 3, 8, 30])):
        at = chance.randrange(1 + min(len(spoilt), chance.choice([2_500, len(spoilt)])))
        odd, start = chance.choice(STRANGE), chance.randrange(1 + len(spoilt))
        stop, put = chance.choice(
            [
                (at + 1, bytes([chance.randrange(256)])),
                (at + 1, bytes(byte ^ 1 << chance.randrange(8) for byte in spoilt[at : at + 1])),
                (at + len(odd), odd),
                (at, odd),
                (at + chance.choice([1, 2, 4, 8, 100]), b""),
                (at, spoilt[start : start + chance.choice([4, 16, 200])]),
                (at + chance.choice([1, 1, 1, len(spoilt)]), b""),
            ]
        )
        spoilt[at:stop] = put
    return bytes(spoilt)


def changed_inside(content: bytes, chance: random.Random) -> bytes:
    """A workbook with one of its parts changed and packed again, or changed as it is."""
    if chance.random() < 0.3:
        return changed(content, chance)
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        chosen = chance.choice([name for name in old.namelist() if name.startswith("xl/")])
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, changed(part, chance) if name == chosen else part)
    return packed.getvalue()
