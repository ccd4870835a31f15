/** Programs in colours: comments, strings and words of the language; no more, so that it cannot go far wrong. */
import { make } from "./dom.ts";

const PARTS =
  /(?<comment>(?:^|(?<=\s))(?:\/\/|#).*$)|(?<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<word>\b(?:import|from|const|let|new|await|async|function|for|of|if|return|yield|def|with|while|as|in)\b)/gm;

/** The program's text as nodes. */
export function inColours(program: string): Node[] {
  const nodes: Node[] = [];
  let end = 0;
  for (const { 0: text, index, groups = {} } of program.matchAll(PARTS)) {
    nodes.push(new Text(program.slice(end, index)));
    const [kind = ""] = Object.entries(groups).find(([, found]) => found !== undefined) ?? [];
    nodes.push(make("span", kind, text));
    end = index + text.length;
  }
  nodes.push(new Text(program.slice(end)));
  return nodes;
}
