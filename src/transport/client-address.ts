/**
 * Whose address a request has: the socket's, or behind proxies that are trusted the one they report.
 *
 * `X-Forwarded-For` is written by whoever sends it, and each proxy adds at its right end the address it saw. So it is
 * read from the right, and only for as long as the one who added an entry is trusted; what cannot be read ends it there.
 */
import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";

/**
 * Which proxies are believed. `false`: none. `true`: all there are, for servers that only a proxy can reach. A number: so
 * many, from the server outwards. A list: those addresses and networks (`"10.0.0.0/8"`), and `"loopback"`, `"private"`.
 */
export type TrustProxy = boolean | number | string | readonly string[];

/** Reads the address of the client that a request comes from. */
export type AddressReader = (request: IncomingMessage) => string;

const NAMED: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"],
};
/** Proxies in a row that anybody has. */
const MAX_HOPS = 32;

/** A reader for `trustProxy`. @throws ConfigError for what is no address or network */
export function addressReader(trustProxy: TrustProxy): AddressReader {
  const isTrusted = trustOf(trustProxy);
  return (request) => {
    let address = plainAddress(request.socket.remoteAddress ?? "");
    const header = request.headers["x-forwarded-for"];
    if (header === undefined || !isTrusted(address, 0)) return address;
    const entries = (typeof header === "string" ? header : header.join(",")).split(",");
    for (let hop = 1; hop <= Math.min(entries.length, MAX_HOPS); hop++) {
      const entry = withoutPort((entries[entries.length - hop] ?? "").trim());
      if (isIP(entry) === 0) return address;
      address = plainAddress(entry);
      if (!isTrusted(address, hop)) return address;
    }
    return address;
  };
}

/** Whether a request comes straight from a proxy that is trusted. @throws ConfigError as `addressReader` */
export function proxyTrust(trustProxy: TrustProxy): (request: IncomingMessage) => boolean {
  const isTrusted = trustOf(trustProxy);
  return (request) => isTrusted(plainAddress(request.socket.remoteAddress ?? ""), 0);
}

/**
 * What limits by address count by: an IPv4 address as it is, of an IPv6 address the /64 network, since whoever has one
 * address there has all 2^64.
 */
export function addressKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = (address.split("%", 1)[0] ?? "").split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...new Array<string>(zeros).fill("0"), ...after];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

/** Whether a key that limits count by is this machine's own. */
export function isLoopbackKey(key: string): boolean {
  return key.startsWith("127.") || key === "0:0:0:0::/64";
}

function trustOf(trustProxy: TrustProxy): (address: string, hop: number) => boolean {
  if (trustProxy === false) return () => false;
  if (trustProxy === true) return () => true;
  if (typeof trustProxy === "number") {
    if (!Number.isInteger(trustProxy) || trustProxy < 1 || trustProxy > MAX_HOPS) throw notTrust(trustProxy);
    return (_address, hop) => hop < trustProxy;
  }
  const networks = typeof trustProxy === "string" ? [trustProxy] : trustProxy;
  if (!Array.isArray(networks)) throw notTrust(trustProxy);
  const list = new BlockList();
  for (const network of networks) {
    for (const range of typeof network === "string" ? (NAMED[network] ?? [network]) : [network]) {
      addRange(list, range);
    }
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

function addRange(list: BlockList, range: unknown): void {
  const [address = "", bits, ...more] = typeof range === "string" ? range.split("/") : [];
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (family === 0 || more.length > 0 || prefix < 0 || prefix > most) throw notTrust(range);
  list.addSubnet(address, prefix, family === 6 ? "ipv6" : "ipv4");
}

/** An IPv4 address that came over an IPv6 socket is an IPv4 address. */
function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(entry);
  return bracketed?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry)?.[1] ?? entry;
}

function notTrust(value: unknown): ConfigError {
  return new ConfigError(
    "ERR_CONFIG",
    `trustProxy has ${show(value)}; expected true, a number of proxies from 1 to ${MAX_HOPS}, addresses or networks.`,
    {
      hint: 'Write trustProxy: "loopback" for a proxy on this machine, or its address, such as "10.0.0.0/8".',
    },
  );
}
