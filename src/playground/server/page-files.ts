/** The playground's files: read once, with what a browser is to be told about each. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ConfigError } from "../../core/errors.ts";

/** One file, whole. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  /** Quoted, as HTTP writes it. */
  readonly etag: string;
  readonly isText: boolean;
}

/** All of them by the name that the page knows. */
export interface PageFiles {
  readonly page: PageFile;
  readonly files: ReadonlyMap<string, PageFile>;
  /** Changes with any of them: part of their addresses, so that they may be kept for ever. */
  readonly digest: string;
}

/** Stands in the page where the files' address goes. */
const ADDRESS = "{{files}}";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  wav: "audio/wav",
};

/** Where each lies in the package; from the build as from the sources, three folders below it. */
const PLACES: Readonly<Record<string, string>> = {
  "app.js": "dist/playground/page/app.js",
  "page.css": "dist/playground/page/page.css",
  "icon.svg": "dist/playground/page/icon.svg",

  "network-worker.js": "dist/playground/page/network-worker.js",
  "recorder.js": "dist/playground/page/recorder.js",
  "client-worker.js": "dist/worker.js",
  "worklet.js": "dist/worklet.js",
  "speech.wav": "assets/speech.wav",
};
const PAGE = "dist/playground/page/index.html";

let loaded: Promise<PageFiles> | undefined;

/** The files, read once in a process. @throws ConfigError `ERR_CONFIG` where they are not there */
export function loadPageFiles(): Promise<PageFiles> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<PageFiles> {
  const files = new Map<string, PageFile>();
  for (const [name, place] of Object.entries(PLACES)) files.set(name, fileOf(name, await read(place)));
  const template = (await read(PAGE)).toString("utf8");
  const digest = digestOf([template, ...Array.from(files.values(), ({ etag }) => etag)].join());
  const page = fileOf("index.html", Buffer.from(template.replaceAll(ADDRESS, `playground/${digest}`)));
  return { page, files, digest };
}

async function read(place: string): Promise<Buffer> {
  try {
    return await readFile(new URL(`../../../${place}`, import.meta.url));
  } catch (cause) {
    throw new ConfigError("ERR_CONFIG", `playground is true, but ${place} of the package is not there.`, {
      hint: "In a checkout, npm run build makes it; a bundle of your own leaves it behind: there, playground: false.",
      cause,
    });
  }
}

function fileOf(name: string, body: Buffer): PageFile {
  const type = TYPES[name.slice(name.lastIndexOf(".") + 1)]!;
  return { type, body, etag: `"${digestOf(body)}"`, isText: !type.startsWith("audio/") };
}

function digestOf(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}
