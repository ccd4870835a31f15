// Finds a Chrome, Chromium or Edge for the browser tests; as a program, prints its path.
//
// VOXWIRE_BROWSER names one outright. Where there is none, and this is root on a Debian or its kin, Debian's chromium is
// installed; elsewhere it says what to run.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "microsoft-edge",
  "microsoft-edge-stable",
  "msedge",
];
const INSTALL_MS = 600_000;

const PLACES = {
  linux: ["/opt/google/chrome/chrome", "/opt/microsoft/msedge/msedge", "/snap/bin/chromium"],
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ],
  win32: ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"].flatMap((name) => {
    const folder = process.env[name];
    if (folder === undefined) return [];
    return [
      join(folder, "Google/Chrome/Application/chrome.exe"),
      join(folder, "Chromium/Application/chrome.exe"),
      join(folder, "Microsoft/Edge/Application/msedge.exe"),
    ];
  }),
};

/** What a person runs to get a browser on this kind of machine. */
const ADVICE = {
  darwin: "brew install --cask chromium",
  win32: "winget install Google.Chrome",
  debian: "sudo apt-get install chromium",
  fedora: "sudo dnf install chromium",
  arch: "sudo pacman -S chromium",
  alpine: "apk add chromium",
};
const FAMILIES = {
  debian: "/etc/debian_version",
  fedora: "/etc/redhat-release",
  arch: "/etc/arch-release",
  alpine: "/etc/alpine-release",
};
/** This machine, as far as it matters. */
const HERE = {
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
  family: Object.keys(FAMILIES).find((name) => existsSync(FAMILIES[name])),
  places: PLACES[process.platform] ?? [],
};

/**
 * The path of a browser; installs one where it may.
 * @param machine for tests: another than this one
 * @throws Error that says what to run
 */
export function findBrowser(environment = process.env, machine = HERE) {
  const named = environment.VOXWIRE_BROWSER;
  if (named !== undefined && named !== "") {
    if (isProgram(named)) return named;
    throw new Error(`VOXWIRE_BROWSER is ${named}, which is no program. Name a Chrome, Chromium or Edge.`);
  }
  const found = search(environment, machine);
  if (found !== undefined) return found;
  const mayInstall = machine.platform === "linux" && machine.family === "debian" && machine.isRoot;
  const said = mayInstall ? install(environment) : "";
  const installed = search(environment, machine);
  if (installed !== undefined) return installed;
  throw new Error(
    `The browser tests need Chrome, Chromium or Edge, and none is here.${said}\n` +
      `Run: ${ADVICE[machine.family] ?? ADVICE[machine.platform] ?? ADVICE.debian}\n` +
      "Or name one in VOXWIRE_BROWSER, or leave these tests out: npm test -- --no-browser",
  );
}

function search(environment, { places }) {
  const folders = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, ...places].find(isProgram);
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Installs Debian's chromium; returns what went wrong, or "". */
function install(environment) {
  console.error("No browser here: installing Debian's chromium.");
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", "chromium"]]) {
    const { status, stderr, error } = spawnSync("apt-get", ["-o", "DPkg::Lock::Timeout=300", ...args], {
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
      timeout: INSTALL_MS,
      env: { ...environment, DEBIAN_FRONTEND: "noninteractive" },
    });
    if (status !== 0) return `\napt-get ${args[0]} failed: ${(error?.message ?? stderr).trim()}`;
  }
  return "";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(findBrowser());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
