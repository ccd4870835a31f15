// Cycles and paths in a graph given as edges { from, to }.

/** One shortest cycle for each knot of the graph (strongly connected component), as its edges in order. */
export function findCycles(edges) {
  const from = group(edges);
  const cycles = [];
  const done = new Set();
  for (const start of [...from.keys()].sort()) {
    if (done.has(start)) continue;
    const cycle = findPath(edges, start, (node) => node === start);
    if (cycle === undefined) continue;
    cycles.push(cycle);
    // what lies on a way there and back is the same knot: mending this cycle comes first
    for (const node of reachable(from, start)) if (reachable(from, node).has(start)) done.add(node);
  }
  return cycles;
}

/** The edges of a shortest way of one step or more from `start` to a node that `isGoal`, or undefined. */
export function findPath(edges, start, isGoal) {
  const from = group(edges);
  const cameBy = new Map();
  const queue = [start];
  for (const node of queue) {
    for (const edge of from.get(node) ?? []) {
      if (isGoal(edge.to)) {
        const path = [edge];
        for (let at = node; at !== start; at = path[0].from) path.unshift(cameBy.get(at));
        return path;
      }
      if (edge.to === start || cameBy.has(edge.to)) continue;
      cameBy.set(edge.to, edge);
      queue.push(edge.to);
    }
  }
  return undefined;
}

function reachable(from, start) {
  const seen = new Set();
  const queue = [start];
  for (const node of queue) {
    for (const { to } of from.get(node) ?? []) {
      if (seen.has(to)) continue;
      seen.add(to);
      queue.push(to);
    }
  }
  return seen;
}

function group(edges) {
  const from = new Map();
  for (const edge of edges) {
    const list = from.get(edge.from);
    if (list === undefined) from.set(edge.from, [edge]);
    else list.push(edge);
  }
  return from;
}
