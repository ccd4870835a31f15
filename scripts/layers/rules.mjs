// The layer rules as data: which zone a file of src/ belongs to, and what each zone may import. Checked by check.mjs.
//
// A zone is a layer, or a part of one with rules of its own (the Node half and the browser half of the client).

/** Names that only a page with a document has. AudioWorklet* is added by `isDomName`. */
const DOM_NAMES = new Set(["window", "document", "navigator", "AudioContext"]);

/** Whether `name` exists only where there is a DOM. */
export function isDomName(name) {
  return DOM_NAMES.has(name) || name.startsWith("AudioWorklet");
}

const BELOW_STREAM = ["codec", "dsp", "core"];
const BELOW_CLIENT = ["stream", "protocol", "files", ...BELOW_STREAM];
const PORTABLE = { node: false, dom: false };

/**
 * Each zone: `imports`, the zones it may import besides itself; `node`, whether it may use `node:*`, `ws` and imports
 * whose target is known at run time only; `dom`, whether it may use DOM-only names; `packages`, the npm packages it may
 * use; `typesFrom`, zones it may import types from, though no values.
 */
export const ZONES = {
  core: { ...PORTABLE, imports: [] },
  dsp: { ...PORTABLE, imports: ["core"] },
  codec: { ...PORTABLE, imports: ["dsp", "core"], packages: ["libopus-wasm"] },
  files: { node: true, dom: false, imports: BELOW_STREAM, packages: ["audio-decode"] },
  stream: { ...PORTABLE, imports: BELOW_STREAM },
  protocol: { ...PORTABLE, imports: ["core"], typesFrom: ["codec", "dsp"] },
  transport: {
    node: true,
    dom: false,
    imports: ["protocol", "network", "playground/server", "stream", ...BELOW_STREAM],
  },
  // a network in a box: put below a client's socket or a server's, which know it by its type alone
  network: { ...PORTABLE, imports: ["core"], typesFrom: ["client"] },
  client: { ...PORTABLE, imports: BELOW_CLIENT, typesFrom: ["network"] },
  "client/node": { node: true, dom: false, imports: ["client", ...BELOW_CLIENT] },
  "client/browser": { node: false, dom: true, imports: ["client", "stream", "protocol", ...BELOW_STREAM] },
  testing: { node: true, dom: false, imports: ["stream", "files", ...BELOW_STREAM] },
  playground: {
    node: false,
    dom: true,
    imports: ["browser.ts", "client", "client/browser", "network", "stream", "protocol", ...BELOW_STREAM],
    typesFrom: ["playground/server"],
  },
  "playground/server": { node: true, dom: false, imports: ["core"] },
  cli: {
    node: true,
    dom: false,
    imports: [
      "transport",
      "client",
      "client/node",
      "testing",
      "network",
      "playground",
      ...BELOW_CLIENT,
      "index.ts",
      "server.ts",
      "client.ts",
      "g711.ts",
      "voice.ts",
      "codecs.ts",
      "opus.ts",
      "files.ts",
      "testing.ts",
      "network.ts",
    ],
    packages: ["commander", "cli-progress", "tsx"],
  },
  // the published borders: each imports what its name stands for
  "index.ts": { ...PORTABLE, imports: ["stream", ...BELOW_STREAM] },
  "index-node.ts": { node: true, dom: false, imports: ["dsp", "index.ts"] },
  "g711.ts": { ...PORTABLE, imports: ["dsp", "core"] },
  "voice.ts": { ...PORTABLE, imports: ["dsp", "core"] },
  "codecs.ts": { ...PORTABLE, imports: ["codec", "dsp", "core"] },
  "opus.ts": { ...PORTABLE, imports: ["codec", "dsp", "core"] },
  "server.ts": { node: true, dom: false, imports: ["transport", "protocol", "stream", ...BELOW_STREAM] },
  "client.ts": { node: true, dom: false, imports: ["client", "client/node", ...BELOW_CLIENT] },
  "client-browser.ts": {
    node: false,
    dom: true,
    imports: ["client", "client/browser", "stream", "protocol", ...BELOW_STREAM],
  },
  "browser.ts": {
    node: false,
    dom: true,
    imports: ["client", "client/browser", "stream", "protocol", ...BELOW_STREAM],
  },
  "network.ts": { ...PORTABLE, imports: ["network", "core"], typesFrom: ["client"] },
  "files.ts": { node: true, dom: false, imports: ["files", ...BELOW_STREAM] },
  "testing.ts": { node: true, dom: false, imports: ["testing", "stream", "files", ...BELOW_STREAM] },
};

/** Entries that a browser loads: no chain of imports from them may end at Node. */
export const BROWSER_ENTRIES = [
  "index.ts",
  "g711.ts",
  "voice.ts",
  "codecs.ts",
  "opus.ts",
  "client-browser.ts",
  "browser.ts",
  "network.ts",
];

/** The only folders, besides src/ itself, in which an `index.ts` is a published border: none so far. */
export const PUBLISHED_INDEX = new Set(["index.ts"]);

/** The zone of a file given by its path below src/, or undefined where no rule knows it. */
export function zoneOf(path) {
  const [folder, name] = path.split("/", 2);
  if (name === undefined) return Object.hasOwn(ZONES, folder) ? folder : undefined;
  if (folder === "transport" && name === "protocol") return "protocol";
  if (folder === "playground" && name === "server") return "playground/server";
  if (folder === "client" && /^node([-./]|$)/.test(name)) return "client/node";
  if (folder === "client" && /^browser([-./]|$)/.test(name)) return "client/browser";
  return Object.hasOwn(ZONES, folder) ? folder : undefined;
}
