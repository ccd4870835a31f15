/** What a token of `createToken` says for anybody to read: the id that a session with it has to have. Pure. */

/** The id, or undefined where the token names none or is of another kind. */
export function idInToken(token: string): string | undefined {
  try {
    const [claims = ""] = token.split(".", 1);
    const bytes = Uint8Array.from(atob(claims.replaceAll("-", "+").replaceAll("_", "/")), (character) =>
      character.charCodeAt(0),
    );
    const { id } = JSON.parse(new TextDecoder().decode(bytes)) as { id?: unknown };
    return typeof id === "string" ? id : undefined;
  } catch {
    // a token of somebody else's making, which is for the server to judge
    return undefined;
  }
}
