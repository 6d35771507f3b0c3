"""Nodes in an order that keeps what must come first, and else goes by their rank."""

from __future__ import annotations

import heapq
from collections import defaultdict
from typing import Generic, TypeVar

Node = TypeVar("Node")


class Graph(Generic[Node]):
    """Nodes with ranks, and pairs of which one comes before the other."""

    def __init__(self) -> None:
        self._places: dict[Node, tuple[int, int]] = {}
        self._later: defaultdict[Node, set[Node]] = defaultdict(set)
        self._earlier: defaultdict[Node, set[Node]] = defaultdict(set)

    def add(self, node: Node, rank: int) -> None:
        """Add a node; of equal rank the first added comes first."""
        self._places[node] = (rank, len(self._places))

    def before(self, first: Node, second: Node) -> None:
        """`first` must come before `second`; nothing where one is not there, or both are the same."""
        if first != second and first in self._places and second in self._places:
            self._later[first].add(second)
            self._earlier[second].add(first)

    def sorted(self) -> list[Node]:
        """All nodes. Where they wait for each other in a circle, the one of the lowest rank goes first."""
        waiting = dict(self._places)
        left = {node: len(self._earlier[node]) for node in waiting}
        ready = [(place, node_id) for node_id, (node, place) in enumerate(waiting.items()) if not left[node]]
        nodes = list(waiting)
        heapq.heapify(ready)
        found: list[Node] = []
        while waiting:
            node = nodes[heapq.heappop(ready)[1]] if ready else min(waiting, key=waiting.__getitem__)
            if node not in waiting:
                continue
            del waiting[node]
            found.append(node)
            for each in self._later[node]:
                left[each] -= 1
                if not left[each] and each in waiting:
                    place = waiting[each]
                    heapq.heappush(ready, (place, place[1]))
        return found
