"""JupiterOne's own command line draws the tree."""

from __future__ import annotations

import subprocess
from pathlib import Path

from collector.store import Store
from collector.tree import write_tree
from tests.tree.graph import assert_whole, collect, graph_keys

from .install import COMMAND_LINE, J1_INTEGRATION, needs

pytestmark = needs(COMMAND_LINE)


def test_visualize_draws_everything(store: Store, folder: Path) -> None:
    collect(store, "Ada", "Bob", "Ünïcode", *(f"User{number:03}" for number in range(600)))
    write_tree(store, folder)
    result = subprocess.run(
        [J1_INTEGRATION, "visualize"], cwd=folder.parent, capture_output=True, text=True, check=False, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert f"Visualize graph here: {folder / 'index.html'}" in result.stdout
    page = (folder / "index.html").read_text(encoding="utf-8")
    entities = {key for key in graph_keys(folder) if "|" not in key}
    relationships = graph_keys(folder) - entities
    assert (len(entities), len(relationships)) == (604, 603)
    assert [key for key in entities if f'"id":"{key}"' not in page] == []
    ends = (key.split("|has|") for key in relationships)
    assert [pair for pair in ends if '"from":"{}","to":"{}"'.format(*pair) not in page] == []
    assert "MISSING ENTITY" not in page
    assert "DUPLICATE _KEY" not in page


def test_visualize_draws_a_collected_account(collected: Store, folder: Path) -> None:
    write_tree(collected, folder)
    subprocess.run([J1_INTEGRATION, "visualize"], cwd=folder.parent, capture_output=True, check=True, timeout=120)
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert [key for key in graph_keys(folder) if "|" not in key and f'"id":"{key}"' not in page] == []
    assert "MISSING ENTITY" not in page
    assert "DUPLICATE _KEY" not in page


def test_a_visualized_tree_is_replaced_like_any_other(store: Store, folder: Path) -> None:
    write_tree(store, folder)
    subprocess.run([J1_INTEGRATION, "visualize"], cwd=folder.parent, capture_output=True, check=True, timeout=120)
    write_tree(store, folder)
    assert_whole(folder)
