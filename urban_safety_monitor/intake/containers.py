"""What kind of file it is, by its first bytes, and how to get at the table inside a .gz or .zip.

A name ending says little: officials rename files. Sizes are bounded before anything is unpacked.
"""

import gzip
import zipfile
import zlib
from io import BytesIO
from pathlib import Path, PurePosixPath

from urban_safety_monitor.intake.source import refusal

LARGEST = 2_000_000_000
"""Bytes of a table, unpacked."""

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
)
NOT_TABLES = {"PDF", "program", "picture", "RTF"}
LOCKED = "EncryptedPackage".encode("utf-16-le")


def file_bytes(path: Path) -> bytes:
    """The whole file.

    Raises:
        UnreadableFile: not found, empty or too large.
    """
    if not path.is_file():
        raise refusal("USM-F01", path)
    size = path.stat().st_size
    if size == 0:
        raise refusal("USM-F04", path)
    if size > LARGEST:
        raise refusal("USM-F12", path, gigabytes=f"{size / 1e9:.1f}")
    return path.read_bytes()


def kind_of(data: bytes, path: Path) -> str:
    """What the bytes are: gz, zip, xlsx, xls, parquet, sav, dta or text.

    Raises:
        UnreadableFile: they are no table, or a workbook locked with a password.
    """
    kind = next((kind for start, kind in SIGNATURES if data.startswith(start)), "text")
    if kind in NOT_TABLES:
        raise refusal("USM-F02", path, kind=kind)
    if kind == "ole":
        if LOCKED in data[: 1 << 20]:
            raise refusal("USM-F03", path)
        return "xls"
    if kind == "zip":
        return "xlsx" if any(n.startswith("xl/") for n in _directory(data, path)) else "zip"
    if kind == "text" and path.suffix.lower() in {".xlsx", ".sav", ".parquet"}:
        raise refusal("USM-F10", path)
    if kind == "text" and path.suffix.lower() == ".dta":
        return "dta"
    return kind


def unpacked(data: bytes, kind: str, path: Path) -> tuple[bytes, Path]:
    """The one table inside a .gz or .zip, and the name it has there.

    Raises:
        UnreadableFile: damaged, too large, or not exactly one file inside.
    """
    if kind == "gz":
        return _inflated(data, path), path.with_suffix("")
    members = [
        info
        for name, info in _directory(data, path).items()
        if not (info.is_dir() or name.startswith("__MACOSX/"))
    ]
    if len(members) != 1:
        raise refusal("USM-F14", path, files=len(members))
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            inside = archive.read(members[0])
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        raise refusal("USM-F10", path) from error
    return inside, path.with_name(PurePosixPath(members[0].filename).name)


def _directory(data: bytes, path: Path) -> dict[str, zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = {info.filename: info for info in archive.infolist()}
    except zipfile.BadZipFile as error:
        raise refusal("USM-F10", path) from error
    declared = sum(info.file_size for info in members.values())
    if declared > LARGEST:
        raise refusal("USM-F12", path, gigabytes=f"{declared / 1e9:.1f}")
    return members


def _inflated(data: bytes, path: Path) -> bytes:
    """Unpacked, and no further than one byte above the bound."""
    try:
        with gzip.open(BytesIO(data)) as stream:
            inside = stream.read(LARGEST + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise refusal("USM-F10", path) from error
    if len(inside) > LARGEST:
        raise refusal("USM-F12", path, gigabytes=f"> {LARGEST / 1e9:g}")
    return inside
