/** The reason in a WebSocket close frame: at most 123 bytes of UTF-8 (RFC 6455, section 5.5.1). */

const MAX_REASON_BYTES = 123;

/** The longest beginning of `text` that fits a close frame, cut between characters. */
export function closeReason(text: string): string {
  // a character takes a byte at least: whoever passes a novel is not made to pay for its length
  let end = Math.min(text.length, MAX_REASON_BYTES);
  while (Buffer.byteLength(text.slice(0, end)) > MAX_REASON_BYTES) end--;
  const last = text.charCodeAt(end - 1);
  const isHalf = end < text.length && last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalf ? end - 1 : end);
}
