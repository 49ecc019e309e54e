"""What is committed works on any machine: it names no folder of one, and no package registry."""

import subprocess
from pathlib import Path

import pytest

# Put together here, so that this file does not hold what it looks for.
FOLDERS_OF_ONE_MACHINE = [f"/{name}/" for name in ("work", "root")]
REGISTRIES = ["-".join(["index", "url"]), "/".join(["", "simple", ""])]


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    """Every text file git has or would take, by its path."""
    if not (root / ".git").exists():
        pytest.skip("not a git checkout: nothing is committed")
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=root, capture_output=True, text=True, check=True)
    paths = [root / name for name in done.stdout.split("\0") if name]
    contents = {path: path.read_bytes() for path in paths if path.is_file()}
    return {
        str(path.relative_to(root)): content.decode("utf-8", errors="replace")
        for path, content in contents.items()
        if b"\0" not in content
    }


@pytest.mark.parametrize("words", FOLDERS_OF_ONE_MACHINE + REGISTRIES)
def test_no_committed_text_holds(words: str, texts: dict[str, str]) -> None:
    assert [path for path, text in texts.items() if words in text] == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_hashed(name: str, root: Path) -> None:
    lines = (root / name).read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    assert len(lines) > 50
    assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []
