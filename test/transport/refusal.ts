/** A WebSocket that is expected to be refused. */
import { type ClientOptions, WebSocket } from "ws";

/** Tries to open a WebSocket; the status and text of the refusal. */
export async function refusal(
  url: string,
  headers: Record<string, string> = {},
  options: ClientOptions = {},
): Promise<{ status: number; text: string; retryAfter?: string }> {
  const socket = new WebSocket(url, { headers, ...options });
  return new Promise((resolve, reject) => {
    socket.on("open", () => reject(new Error("It was let in.")));
    socket.on("error", () => {});
    socket.on("unexpected-response", async (_request, response) => {
      let text = "";
      for await (const part of response) text += part;
      const retryAfter = response.headers["retry-after"];
      resolve({ status: response.statusCode ?? 0, text, ...(retryAfter !== undefined && { retryAfter }) });
    });
  });
}
