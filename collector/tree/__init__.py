"""The `.j1-integration` tree that JupiterOne's own tools read: the current graph of the store."""

from collector.tree.summary import is_tree_of
from collector.tree.swap import remove_tree
from collector.tree.writer import TREE_FOLDER, TreeReport, check_target, write_tree

__all__ = ["TREE_FOLDER", "TreeReport", "check_target", "is_tree_of", "remove_tree", "write_tree"]
