// The tarball: made with `npm pack`, and held against what a published package may hold.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { command, npm } from "./command.mjs";

/** A recording is a quarter of what is packed, source maps with their sources half of what is unpacked. More needs a reason. */
const MAX_PACKED_BYTES = 2304 * 1024;
const MAX_UNPACKED_BYTES = 7 * 1024 * 1024;

const ALLOWED = [
  /^(package\.json|LICENSE|README\.md)$/,
  /^dist\/[\w./-]+\.(js|d\.ts|js\.map|wasm)$/,
  /^dist\/playground\/page\/[\w-]+\.(html|css|svg)$/,
  /^assets\/[\w.-]+\.(wav|md)$/,
];
/** `dist/cli/bench` is a command; the benchmarks are at the root. */
const NEVER =
  /^(bench|examples|scripts)\/|(^|\/)(test|tests|node_modules|\.[^/]+)(\/|$)|\.test\.|\.(pem|key|tgz)$/;

/** Packs `root` into `folder`; returns the tarball's path and npm's account of it. */
export function pack(root, folder) {
  // the build is up to date: the caller has made it, so prepack need not run again
  const [account] = JSON.parse(
    npm(["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root),
  );
  return { tarball: join(folder, account.filename), account };
}

/** Throws unless the tarball holds what it must, nothing else, and is no larger than it may be; returns a summary. */
export function checkFiles(account, manifest) {
  const paths = account.files.map((file) => file.path);
  const problems = [];
  for (const path of paths) {
    if (NEVER.test(path) || !ALLOWED.some((pattern) => pattern.test(path)))
      problems.push(`${path} does not belong in the package`);
  }
  const must = [
    "package.json",
    "LICENSE",
    "README.md",
    ...targets(manifest.exports),
    ...Object.values(manifest.bin),
  ];
  for (const path of must.map((name) => name.replace(/^\.\//, ""))) {
    if (!paths.includes(path)) problems.push(`${path} is missing`);
  }
  for (const pattern of [/^assets\/.+\.wav$/, /^dist\/wasm\/.+\.wasm$/]) {
    if (!paths.some((path) => pattern.test(path))) problems.push(`no file matches ${pattern.source}`);
  }
  const sizes = `${kib(account.size)} packed, ${kib(account.unpackedSize)} unpacked`;
  if (account.size > MAX_PACKED_BYTES || account.unpackedSize > MAX_UNPACKED_BYTES) {
    problems.push(
      `${sizes}: more than ${kib(MAX_PACKED_BYTES)} packed or ${kib(MAX_UNPACKED_BYTES)} unpacked`,
    );
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return `${paths.length} files, ${sizes}`;
}

/** Throws with every message publint has, suggestions included. */
export async function checkWithPublint(tarball) {
  const bytes = readFileSync(tarball);
  const contents = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: contents }, strict: true });
  if (messages.length > 0) {
    throw new Error(
      messages
        .map((message) => `${message.type}: ${formatMessage(message, pkg, { color: false })}`)
        .join("\n"),
    );
  }
  return "no message";
}

/** Throws unless the types resolve for every entry that has types, as ECMAScript modules. */
export function checkWithAttw(root, tarball, manifest) {
  const untyped = Object.keys(manifest.exports).filter((name) => /\.(wasm|json|js)$/.test(name));
  const program = join(root, "node_modules", "@arethetypeswrong", "cli", "dist", "index.js");
  const options = [
    "--profile",
    "esm-only",
    "--format",
    "ascii",
    "--no-emoji",
    "--no-color",
    "--no-definitely-typed",
  ];
  command(process.execPath, [
    program,
    tarball,
    ...options,
    "--exclude-entrypoints",
    ...untyped.map((name) => name.slice(2)),
  ]);
  return `${Object.keys(manifest.exports).length - untyped.length} entries`;
}

/** Every file that an export map leads to. */
function targets(exported) {
  return typeof exported === "string" ? [exported] : Object.values(exported).flatMap(targets);
}

function kib(bytes) {
  return `${(bytes / 1024).toFixed(0)} KiB`;
}
