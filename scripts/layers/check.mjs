// Holds a source tree against the layer rules and returns every breach, sorted by file and line.
import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, posix, relative, sep } from "node:path";
import { findCycles, findPath } from "./graph.mjs";
import { parseFile } from "./parse.mjs";
import { BROWSER_ENTRIES, isDomName, PUBLISHED_INDEX, ZONES, zoneOf } from "./rules.mjs";

/**
 * One breach: where, what was seen, which rule, what to do.
 *
 * @typedef {{ file: string, line: number, seen: string, rule: string, todo: string }} Breach
 */

/**
 * Checks `<root>/src`.
 *
 * @returns {{ files: number, imports: number, breaches: Breach[] }}
 */
export function checkLayers(root) {
  const source = join(root, "src");
  const files = new Map();
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.[mc]?[jt]sx?$/.test(entry.name)) continue;
    const full = join(entry.parentPath ?? entry.path, entry.name);
    const path = relative(source, full).split(sep).join("/");
    files.set(path, { path, zone: zoneOf(path), ...parseFile(path, readFileSync(full, "utf8")) });
  }
  const breaches = [];
  const report = (file, line, seen, rule, todo) =>
    breaches.push({ file: `src/${file}`, line, seen, rule, todo });
  const edges = [];
  let imports = 0;
  for (const file of files.values()) {
    imports += file.imports.length;
    checkFile(file, report);
    for (const entry of file.imports) {
      if (entry.specifier === undefined) checkUnknownTarget(file, entry, report);
      else if (/^\.\.?(\/|$)/.test(entry.specifier)) {
        const to = checkRelative(file, entry, files, report);
        if (to !== undefined) edges.push({ from: file.path, to, ...entry });
      } else checkPackage(file, entry, report);
    }
  }
  checkCycles(edges, report);
  checkBrowserEntries(files, edges, report);
  breaches.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
  return { files: files.size, imports, breaches };
}

function checkFile(file, report) {
  const { path, zone } = file;
  for (const error of file.errors) {
    const [line, message] = error.split(/: (.*)/s);
    report(
      path,
      Number(line),
      `a syntax error: ${message}`,
      "every file can be read",
      "mend it; tsc says more",
    );
  }
  if (zone === undefined) {
    report(
      path,
      1,
      "a file that belongs to no layer",
      "every file of src/ is in a layer",
      "move it into one, or add the layer to scripts/layers/rules.mjs and the design notes",
    );
  }
  if (/(^|\/)index\.\w+$/.test(path) && !PUBLISHED_INDEX.has(path)) {
    report(
      path,
      1,
      "an index file inside the source",
      "`index.ts` only at published borders",
      "name it for what it holds, and import the files themselves",
    );
  }
  if (file.defaultExportLine !== undefined) {
    report(path, file.defaultExportLine, "a default export", "no default exports", "export it by its name");
  }
  if (zone !== undefined && !ZONES[zone].dom) {
    for (const [name, line] of file.globals) {
      if (isDomName(name)) {
        report(
          path,
          line,
          `the DOM's \`${name}\``,
          "DOM-only names only in src/client/browser* and src/playground",
          "move the use there, or hand the thing in as a parameter",
        );
      }
    }
  }
}

function checkUnknownTarget(file, entry, report) {
  if (file.zone !== undefined && ZONES[file.zone].node) return;
  report(
    file.path,
    entry.line,
    `a ${entry.kind} whose target is known at run time only`,
    "portable layers import by a literal name, which bundlers can follow",
    "write the name out, or move the loading to the server, the files layer or the CLI",
  );
}

/** Checks a relative import; returns the path below src/ of the file it names, where it is one. */
function checkRelative(file, entry, files, report) {
  const { specifier, kind, line } = entry;
  const target = posix.normalize(posix.join(posix.dirname(file.path), specifier));
  const seen = `${kind} of "${specifier}"`;
  if (target.startsWith("../")) {
    if (kind !== "new URL")
      report(file.path, line, seen, "src/ imports nothing outside src/", "move what is needed into a layer");
    return undefined;
  }
  const to = kind === "new URL" ? target.replace(/\.js$/, ".ts") : target;
  const other = files.get(to);
  if (other === undefined) {
    if (kind === "new URL" || /\/generated\//.test(to)) return undefined;
    report(
      file.path,
      line,
      `${seen}, which is no file`,
      "imports name the file, with its extension",
      "write the path of the .ts file itself",
    );
    return undefined;
  }
  const { zone } = file;
  if (zone === undefined || other.zone === undefined || zone === other.zone) return to;
  const rule = ZONES[zone];
  if (rule.imports.includes(other.zone)) return to;
  if (rule.typesFrom?.includes(other.zone)) {
    if (!entry.isType)
      report(
        file.path,
        line,
        seen,
        `${show(zone)} may import only types from ${show(other.zone)}`,
        "make it `import type`, or pass the value in",
      );
    return to;
  }
  report(
    file.path,
    line,
    seen,
    `${show(zone)} may import ${list(rule.imports)}, not ${show(other.zone)}`,
    "move the code to the layer that may, or pass what it needs in as a parameter",
  );
  return to;
}

function checkPackage(file, entry, report) {
  const { specifier, kind, line } = entry;
  if (file.zone === undefined) return;
  const rule = ZONES[file.zone];
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  const seen = `${kind} of "${specifier}"`;
  if (name === "voxwire") {
    report(
      file.path,
      line,
      seen,
      "src/ does not import its own package",
      "import the file by its relative path",
    );
  } else if (specifier.startsWith("node:") || name === "ws") {
    if (!rule.node)
      report(
        file.path,
        line,
        seen,
        "`ws` and `node:*` only in the server (src/transport without protocol/), src/client/node*, src/files, src/testing and src/cli",
        "move the use there, or hand the thing in as a parameter",
      );
  } else if (isBuiltin(specifier)) {
    report(file.path, line, seen, "Node's own modules are imported as `node:*`", `write "node:${specifier}"`);
  } else if (!(rule.packages ?? []).includes(name)) {
    report(
      file.path,
      line,
      seen,
      `${show(file.zone)} may use ${list(rule.packages ?? [])} from npm`,
      "do without, move the use, or allow the package in scripts/layers/rules.mjs",
    );
  }
}

function checkCycles(edges, report) {
  const imports = edges.filter((edge) => edge.kind !== "new URL");
  for (const cycle of findCycles(imports)) {
    const chain = [...cycle.map((edge) => edge.from), cycle[0].from]
      .map((path) => `src/${path}`)
      .join(" -> ");
    report(
      cycle[0].from,
      cycle[0].line,
      `an import cycle: ${chain}`,
      "no import cycles, not even of types",
      "move what both need into a file below both",
    );
  }
}

function checkBrowserEntries(files, edges, report) {
  const values = edges.filter((edge) => !edge.isType);
  const needsNode = (path) =>
    files.get(path).imports.find((entry) => !entry.isType && /^(node:|ws$)/.test(entry.specifier ?? ""));
  for (const entry of BROWSER_ENTRIES.filter((path) => files.has(path))) {
    const path = findPath(values, entry, (file) => file !== entry && needsNode(file) !== undefined);
    if (path === undefined) continue;
    const last = path.at(-1).to;
    const chain = [entry, ...path.map((edge) => edge.to)].map((file) => `src/${file}`).join(" -> ");
    report(
      entry,
      path[0].line,
      `a way to "${needsNode(last).specifier}": ${chain}`,
      `what a browser loads (${BROWSER_ENTRIES.join(", ")}) reaches neither \`ws\` nor \`node:*\``,
      "break the chain: inject what needs Node from the Node entry",
    );
  }
}

function show(zone) {
  return zone.endsWith(".ts")
    ? `src/${zone}`
    : zone === "protocol"
      ? "src/transport/protocol"
      : zone.includes("/")
        ? `src/${zone}*`
        : `src/${zone}`;
}

function list(names) {
  return names.length === 0
    ? "nothing"
    : names.map((name) => (Object.hasOwn(ZONES, name) ? show(name) : name)).join(", ");
}
