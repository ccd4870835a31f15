// Takes out of scripts the methods of classes that nothing in them names: bundlers drop what nobody imports, and keep classes whole.
import { parseSync } from "oxc-parser";

/** Names that the platform or the language call by themselves. */
const CALLED_UNSEEN = new Set([
  "constructor",
  "then",
  "next",
  "return",
  "throw",
  "toString",
  "toJSON",
  "valueOf",
  "handleEvent",
  // of a worklet's processor
  "process",
]);

/**
 * Takes out of scripts, texts by name that are changed in place, methods and accessors that cannot be called: whose name
 * appears nowhere as a property, a pattern's key or a string, but in methods that cannot be called either. For scripts that
 * stand alone, whose classes nobody outside uses.
 * @returns the names of what was taken out
 */
export function dropMethods(texts) {
  const methods = [];
  const named = new Set(CALLED_UNSEEN);
  for (const [script, text] of Object.entries(texts)) {
    const { program, errors } = parseSync("script.mjs", text);
    if (errors.length > 0) throw new Error(`drop-methods: ${errors[0].message}`);
    const from = methods.length;
    collect(program, named, methods);
    for (const method of methods.slice(from)) method.script = script;
  }
  const live = new Set();
  for (let hasGrown = true; hasGrown; ) {
    hasGrown = false;
    for (const method of methods) {
      if (live.has(method) || !isCallable(method.name, named)) continue;
      live.add(method);
      for (const name of method.names) named.add(name);
      hasGrown = true;
    }
  }
  const dropped = [];
  for (const script of Object.keys(texts)) {
    const dead = methods.filter((method) => method.script === script && !live.has(method));
    // one that lies in another goes with it
    const outer = dead.filter(({ start }) => !dead.some((other) => other.start < start && start < other.end));
    dropped.push(...outer.map(({ name }) => name));
    for (const { start, end } of outer.toSorted((a, b) => b.start - a.start)) {
      texts[script] = texts[script].slice(0, start) + texts[script].slice(end);
    }
  }
  return dropped;
}

/** Computed keys have no name here: who calls them cannot be told, but for the one that `for await` calls. */
function isCallable(name, named) {
  return name === undefined || named.has(name);
}

/** Gathers what `node` names, and apart from it the methods in it with what each of them names. */
function collect(node, named, methods) {
  if (node.type === "MethodDefinition" && node.kind !== "constructor") {
    const names = new Set();
    methods.push({ name: methodName(node), names, start: node.start, end: node.end });
    if (node.computed && methodName(node) === undefined) collect(node.key, named, methods);
    collect(node.value, names, methods);
    return;
  }
  for (const name of namesIn(node)) named.add(name);
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) collect(item, named, methods);
    } else if (isNode(value)) collect(value, named, methods);
  }
}

function methodName({ key, computed }) {
  if (!computed) return key.type === "PrivateIdentifier" ? `#${key.name}` : (key.name ?? String(key.value));
  const isAsyncIterator =
    key.type === "MemberExpression" && key.object.name === "Symbol" && key.property.name === "asyncIterator";
  return isAsyncIterator ? "asyncIterator" : undefined;
}

/** What a node itself names. */
function namesIn(node) {
  switch (node.type) {
    case "MemberExpression":
      if (node.computed) return [];
      return [node.property.type === "PrivateIdentifier" ? `#${node.property.name}` : node.property.name];
    case "ObjectPattern":
      return node.properties.flatMap(({ key }) => (key === undefined ? [] : [key.name ?? String(key.value)]));
    case "BinaryExpression":
      return node.left.type === "PrivateIdentifier" ? [`#${node.left.name}`] : [];
    case "Literal":
      return typeof node.value === "string" ? [node.value] : [];
    case "TemplateElement":
      return [node.value.cooked];
    case "ForOfStatement":
      return node.await ? ["asyncIterator"] : [];
    case "YieldExpression":
      return node.delegate ? ["asyncIterator"] : [];
    default:
      return [];
  }
}

function isNode(value) {
  return typeof value === "object" && value !== null && typeof value.type === "string";
}
