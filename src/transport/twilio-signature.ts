/**
 * Twilio's request signatures: HMAC-SHA1, keyed with the account's auth token, of the URL as Twilio called it, followed by
 * the form's parameters sorted by name, each name and value written one after the other; Base64, in `X-Twilio-Signature`.
 * Source: Twilio's documentation, "Secure webhooks".
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** The signature of a request. @param form the parameters of a POST; a name may come more than once */
export function twilioSignature(authToken: string, url: string, form?: URLSearchParams): string {
  return signatureOf(authToken, url, signedText(form));
}

/** Characters of 160 bits in Base64. */
const SIGNATURE_LENGTH = 28;

/**
 * Whether a signature is that of one of `urls`, under one of `authTokens` (two, while a token is being replaced). Takes as
 * long for a wrong signature as for a right one; what has not the length of one is not looked at.
 */
export function isTwilioSignature(
  signature: unknown,
  authTokens: readonly string[],
  urls: readonly string[],
  form?: URLSearchParams,
): boolean {
  const given = Buffer.from(typeof signature === "string" ? signature : "", "latin1");
  // the length is no secret: it is the same for all
  if (given.length !== SIGNATURE_LENGTH) return false;
  const text = signedText(form);
  let isRight = false;
  for (const authToken of authTokens) {
    for (const url of urls) {
      const expected = Buffer.from(signatureOf(authToken, url, text), "latin1");
      if (timingSafeEqual(given, expected)) isRight = true;
    }
  }
  return isRight;
}

function signatureOf(authToken: string, url: string, text: string): string {
  return createHmac("sha1", authToken).update(url, "utf8").update(text, "utf8").digest("base64");
}

/** Sorted by name; of a name that comes twice each value once, sorted too. Anybody may send a form of ten thousand names. */
function signedText(form: URLSearchParams | undefined): string {
  const pairs = [...(form ?? [])].sort(
    ([nameA, valueA], [nameB, valueB]) => byCodeUnits(nameA, nameB) || byCodeUnits(valueA, valueB),
  );
  const isNew = ([name, value]: [string, string], i: number): boolean =>
    pairs[i - 1]?.[0] !== name || pairs[i - 1]?.[1] !== value;
  return pairs
    .filter(isNew)
    .map(([name, value]) => name + value)
    .join("");
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
