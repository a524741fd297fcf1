"""The same question answered slowly, by other means: what the tests compare the product with."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from analysis.disclosure.audit import as_matrix
from analysis.disclosure.cells import Cell


def find_alone_slowly(cells: Sequence[Cell], least: int) -> bool:
    """Whether leaving fewer than ``least`` people out of the matrix lowers its rank."""
    matrix, atoms, width = as_matrix(cells)
    blocks = matrix.reshape(len(cells), len(atoms), width)
    rank = np.linalg.matrix_rank(matrix)
    sizes = [atom.bit_count() for atom in atoms]
    for together in range(1, least):
        for group in combinations(range(len(atoms)), together):
            if sum(sizes[i] for i in group) < least:
                rest = np.delete(blocks, group, axis=1).reshape(len(cells), -1)
                if np.linalg.matrix_rank(rest) < rank:
                    return True
    return False
