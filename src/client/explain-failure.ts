/** What Node's failures to connect mean, by HTTP status and system error. Pages are told neither, and load none of this. */
import type { Explanation, SocketFailure } from "./client-socket.ts";
import { explainPlainly, portOf, shown } from "./plain-explanation.ts";

const HTTP_HINTS: Readonly<Record<number, string>> = {
  401: "The server wants credentials: see its documentation for the token it expects.",
  403: "The server refuses this origin or these credentials.",
  404: "The server runs, but not this route: is its path right?",
  408: "The server gave the request up: it, or this machine, has more to do than it can.",
  426: "The server does not take WebSockets at this path.",
  429: "The server takes no more connections from here: try again later.",
  502: "A proxy answered in the server's place: is the server behind it running?",
  503: "The server is full or closing: try again later.",
};

/** By OpenSSL's and Node's names for what is wrong with one. */
const CERTIFICATES: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT:
    "Start with NODE_EXTRA_CA_CERTS=cert.pem in the environment to trust a certificate of your own.",
  SELF_SIGNED_CERT_IN_CHAIN:
    "Start with NODE_EXTRA_CA_CERTS=ca.pem in the environment to trust an authority of your own.",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "Start with NODE_EXTRA_CA_CERTS=ca.pem in the environment to trust an authority of your own.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "The server has to send the certificates between its own and the root as well.",
  CERT_HAS_EXPIRED: "The server needs a new one; or this machine's clock is wrong.",
  CERT_NOT_YET_VALID: "This machine's clock is wrong, or the server's was when it was made.",
  ERR_TLS_CERT_ALTNAME_INVALID: "Connect by a name that it is made out for.",
};

const REDIRECT_HINT = "Redirections are not followed: connect to where it leads.";

function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

/** In a person's words, with what to do; nothing in it is secret. */
export function explainFailure(
  url: string,
  { code, status, body, message }: Omit<SocketFailure, "explanation">,
): Explanation {
  const where = shown(url);
  const { hostname } = new URL(url);
  const portShown = portOf(url);
  if (status !== undefined) {
    const text = (body ?? "").replaceAll(/\s+/g, " ").trim().slice(0, 200);
    return {
      message: `${where} answered ${status}; expected a WebSocket.${text === "" ? "" : ` It said: ${text}`}`,
      hint:
        HTTP_HINTS[status] ?? (isRedirect(status) ? REDIRECT_HINT : "Is this the address of a voice server?"),
    };
  }
  const certificate = CERTIFICATES[code];
  if (certificate !== undefined) {
    return {
      message: `The certificate of ${where} is not to be trusted: ${message.replace(/\.$/, "")}.`,
      hint: certificate,
    };
  }
  if (code.startsWith("HPE_")) {
    return {
      message: `${where} answers, but not as a web server does.`,
      hint: `Is port ${portShown} that of a voice server, and not another program's?`,
    };
  }
  switch (code) {
    case "ECONNREFUSED":
      return {
        message: `Nothing answers at ${where}.`,
        hint: `Is the server running, and on port ${portShown}? "npx voxwire serve --port ${portShown}" starts one.`,
      };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return {
        message: `The name ${hostname} could not be found.`,
        hint: "Check the host's name, and that this machine can resolve names.",
      };
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return {
        message: `${hostname} could not be reached (${code}).`,
        hint: `Is the host up, and does a firewall let port ${portShown} through?`,
      };
    case "ECONNRESET":
      return {
        message: `${where} closed the connection without an answer.`,
        hint: url.startsWith("ws:")
          ? "Does it speak TLS? Then write wss://. Else its log, or that of a proxy before it, says why."
          : "Its log, or that of a proxy before it, says why.",
      };
    case "EPROTO":
      return {
        // what OpenSSL says of it is for its own authors; it stays in `cause`
        message: `${where} does not speak TLS.`,
        hint: "Write ws:// in place of wss:// for a server without a certificate.",
      };
    default:
      return explainPlainly(url, message);
  }
}
