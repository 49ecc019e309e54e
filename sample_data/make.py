"""Make the demonstration data: `python sample_data/make.py` rewrites every file of this folder.

The plan stands in `making/*.toml`; nothing depends on the clock or the network.
"""

from pathlib import Path

from making.plan import load_plan
from making.write import write_everything

if __name__ == "__main__":
    write_everything(load_plan(), Path(__file__).parent)
