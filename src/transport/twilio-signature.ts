/**
 * Twilio's request signatures: HMAC-SHA1, keyed with the account's auth token, of the URL as Twilio called it, followed by
 * the form's parameters sorted by name, each name and value written one after the other; Base64, in `X-Twilio-Signature`.
 * Source: Twilio's documentation, "Secure webhooks".
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** The signature of a request. @param form the parameters of a POST; a name may come more than once */
export function twilioSignature(authToken: string, url: string, form?: URLSearchParams): string {
  const hmac = createHmac("sha1", authToken);
  hmac.update(url, "utf8");
  for (const [name, value] of sortedPairs(form)) hmac.update(name + value, "utf8");
  return hmac.digest("base64");
}

/**
 * Whether a signature is that of one of `urls`, under one of `authTokens` (two, while a token is being replaced). Takes as
 * long for a wrong signature as for a right one.
 */
export function isTwilioSignature(
  signature: unknown,
  authTokens: readonly string[],
  urls: readonly string[],
  form?: URLSearchParams,
): boolean {
  const given = Buffer.from(typeof signature === "string" ? signature : "", "latin1");
  let isRight = false;
  for (const authToken of authTokens) {
    for (const url of urls) {
      const expected = Buffer.from(twilioSignature(authToken, url, form), "latin1");
      // the length is no secret: it is the same for all
      if (given.length === expected.length && timingSafeEqual(given, expected)) isRight = true;
    }
  }
  return isRight;
}

/** Sorted by name; of a name that comes twice each value once, sorted too. */
function sortedPairs(form: URLSearchParams = new URLSearchParams()): [string, string][] {
  const names = [...new Set(form.keys())].sort(byCodeUnits);
  return names.flatMap((name) =>
    [...new Set(form.getAll(name))].sort(byCodeUnits).map((value): [string, string] => [name, value]),
  );
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
