/** Servers in other languages with the same JSON protocol, as one writes them there: built when first asked for. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bunProgram, goProgram, rustProgram } from "../../../test/interop/peers/set-up.mjs";
import type { ServerKind } from "../server-process.ts";

/** Where they are built, and found again: in a folder that git does not see. */
const PLACE = fileURLToPath(new URL("../../../build/bench/peers", import.meta.url));

const GO_MODULES = ["github.com/gorilla/websocket@v1.5.3"];
const CRATES = `base64 = "0.22"
futures-util = "0.3"
serde = { version = "1", features = ["derive"] }
serde_json = "1"
tokio = { version = "1", features = ["macros", "net", "rt"] }
tokio-tungstenite = "0.26"
`;

/** Each gives the command that comes before its port; throws where it cannot be built. */
const PEERS: Readonly<Record<string, { name: string; build: () => readonly [string, ...string[]] }>> = {
  go: {
    name: "Go gorilla",
    build: () => [goProgram(join(PLACE, "go"), sourceOf("go-echo.go"), GO_MODULES)],
  },
  rust: {
    name: "Rust tungstenite",
    build: () => [rustProgram(join(PLACE, "rust"), sourceOf("rust-echo.rs"), CRATES)],
  },
  bun: {
    name: "Bun",
    build: () => [bunProgram(join(PLACE, "bun")), sourceOf("bun-echo.mjs")],
  },
};

/** By what they are asked for. */
export const PEER_NAMES: readonly string[] = Object.keys(PEERS);

/** What there is of what was asked for. */
export interface FoundPeers {
  readonly kinds: readonly ServerKind[];
  /** A sentence for each that is not there. */
  readonly absent: readonly string[];
}

/** Builds servers, or finds those that were built before. @param names of `PEER_NAMES` */
export function findPeers(names: readonly string[]): FoundPeers {
  const kinds: ServerKind[] = [];
  const absent: string[] = [];
  for (const each of names) {
    const { name, build } = PEERS[each]!;
    try {
      const command = build();
      kinds.push({
        name,
        command: (port) => [...command, String(port)],
        path: () => "/websocket/offer",
        protocols: ["json"],
        isExact: true,
      });
    } catch (error) {
      absent.push(`left out: ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { kinds, absent };
}

function sourceOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
