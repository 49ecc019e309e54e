"""What kind of file it is, by its first bytes, and how to get at the table inside a .gz or .zip.

A name ending says little: officials rename files. Sizes are bounded before anything is unpacked.
"""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from stat import S_ISDIR, S_ISREG
from tempfile import TemporaryDirectory
from typing import IO

from urban_safety_monitor.catalogue.indicator import Text
from urban_safety_monitor.intake.limits import LIMITS
from urban_safety_monitor.intake.source import refusal

SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"PAR1", "parquet"),
    (b"$FL2", "sav"),
    (b"$FL3", "sav"),
    (b"<stata_dta>", "dta"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"%PDF", "PDF"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"{\\rtf", "RTF"),
    (b"{", "JSON"),
    (b"<", "HTML"),
)
NOT_TABLES = {"PDF", "program", "picture", "RTF", "JSON", "HTML"}
FOLDER, DEVICE = Text(en="folder", es="carpeta"), Text(en="device", es="dispositivo")
LOCKED = "EncryptedPackage".encode("utf-16-le")
HEAD = 1 << 20
BLOCK = 1 << 20
LARGE_ARCHIVE = b"PK\x06\x07"
"""Begins a part that only archives of over 4 GB or 65,535 files have; the directory of others is
small enough to be read."""
END_OF_ARCHIVE = 1 << 17


def refuse_by_size(path: Path) -> None:
    """Look at the file from outside; nothing of it is read.

    Raises:
        UnreadableFile: not found, a folder or device, empty or too large.
    """
    try:
        facts = path.stat()
    except (OSError, ValueError) as error:
        raise refusal("USM-F01", path) from error
    if not S_ISREG(facts.st_mode):
        raise refusal("USM-F02", path, kind=FOLDER if S_ISDIR(facts.st_mode) else DEVICE)
    if facts.st_size == 0:
        raise refusal("USM-F04", path)
    if facts.st_size > LIMITS.file_bytes:
        raise refusal("USM-F12", path, gigabytes=f"{facts.st_size / 1e9:.1f}")


def kind_of(path: Path, shown: Path, name: str) -> str:
    """What the file is: gz, zip, xlsx, xls, parquet, sav, dta or text.

    Args:
        path: where its bytes are.
        shown: the file the user knows.
        name: whose ending counts where the bytes say nothing.

    Raises:
        UnreadableFile: it is no table, a workbook locked with a password, or cannot be opened.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError as error:
        raise refusal("USM-F28", shown) from error
    if not head:
        raise refusal("USM-F04", shown)
    kind = next((kind for start, kind in SIGNATURES if head.startswith(start)), "text")
    if kind in NOT_TABLES:
        raise refusal("USM-F02", shown, kind=kind)
    if kind == "ole":
        if LOCKED in head:
            raise refusal("USM-F03", shown)
        return "xls"
    if kind == "zip":
        members = _directory(path, shown)
        return "xlsx" if any(m.filename.startswith("xl/") for m in members) else "zip"
    ending = PurePosixPath(name).suffix.lower()
    if kind == "text" and ending in {".xlsx", ".sav", ".parquet"}:
        raise refusal("USM-F10", shown)
    return "dta" if kind == "text" and ending == ".dta" else kind


@contextmanager
def unpacked(path: Path, kind: str) -> Iterator[tuple[Path, str]]:
    """The one file inside a .gz or .zip, in a folder that is gone afterwards, and its name there.

    Raises:
        UnreadableFile: damaged, locked, too large, or not exactly one file inside.
    """
    with TemporaryDirectory(prefix="usm-unpacked-") as folder:
        inside = Path(folder) / "file"
        try:
            name = (_inflate if kind == "gz" else _extract)(path, inside)
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
            raise refusal("USM-F10", path) from error
        yield inside, name


def _inflate(path: Path, inside: Path) -> str:
    with gzip.open(path) as stream:
        _copy(stream, inside, path)
    return path.stem


def _extract(path: Path, inside: Path) -> str:
    member = _only_member(path)
    with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
        _copy(stream, inside, path)
    return PurePosixPath(member.filename).name


def _copy(stream: gzip.GzipFile | IO[bytes], target: Path, path: Path) -> None:
    """Unpack a stream as far as allowed, whatever length it says it has."""
    packed, written = path.stat().st_size, 0
    with target.open("wb") as copy:
        while block := stream.read(BLOCK):
            written += len(block)
            _refuse_growth(packed, written, path)
            copy.write(block)


def _refuse_growth(packed: int, unpacked: int, path: Path) -> None:
    if unpacked > LIMITS.file_bytes:
        raise refusal("USM-F12", path, gigabytes=f"{unpacked / 1e9:.1f}")
    if unpacked > LIMITS.packed_free and unpacked > LIMITS.packed_ratio * packed:
        raise refusal("USM-F29", path, times=LIMITS.packed_ratio)


def _only_member(path: Path) -> zipfile.ZipInfo:
    members = [
        info
        for info in _directory(path, path)
        if not (info.is_dir() or info.filename.startswith("__MACOSX/"))
    ]
    if len(members) != 1:
        raise refusal("USM-F14", path, files=len(members))
    if members[0].flag_bits & 1:
        raise refusal("USM-F03", path)
    return members[0]


def _directory(path: Path, shown: Path) -> list[zipfile.ZipInfo]:
    """The files inside an archive, if they are no more and no larger than allowed."""
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - END_OF_ARCHIVE))
        if LARGE_ARCHIVE in stream.read():
            raise refusal("USM-F12", shown, gigabytes="> 4")
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise refusal("USM-F10", shown) from error
    if len(members) > LIMITS.members:
        raise refusal("USM-F14", shown, files=len(members))
    _refuse_growth(path.stat().st_size, sum(info.file_size for info in members), shown)
    return members
