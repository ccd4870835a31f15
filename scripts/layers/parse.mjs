// Reads one source file: what it imports, in every form TypeScript has, and which global names it uses.
import { parseSync, visitorKeys } from "oxc-parser";

/**
 * An import: `specifier` (undefined where it is known at run time only), `kind` for messages, `isType` where nothing of
 * it is left at run time, `line` counted from 1.
 *
 * @typedef {{ specifier: string | undefined, kind: string, isType: boolean, line: number }} Import
 */

/**
 * Parses `text`. `globals` holds the first use of each name that the file does not itself declare in any scope (a
 * declaration anywhere in the file hides the global in all of it: near enough for a lint rule, and simple).
 *
 * @returns {{ imports: Import[], defaultExportLine: number | undefined, globals: Map<string, number>, errors: string[] }}
 */
export function parseFile(path, text) {
  const parsed = parseSync(path, text);
  const lineOf = lineFinder(text);
  const found = { imports: [], defaultExportLine: undefined, globals: new Map(), errors: [] };
  for (const error of parsed.errors) {
    found.errors.push(`${lineOf(error.labels[0]?.start ?? 0)}: ${error.message}`);
  }
  const declared = new Set();
  const used = [];
  const add = (node, source, kind, isType) => {
    found.imports.push({ specifier: literal(source), kind, isType, line: lineOf(node.start) });
  };
  const isDefault = (specifier) => (specifier.exported?.name ?? specifier.exported?.value) === "default";

  walk(parsed.program, undefined, undefined, (node, parent, key) => {
    switch (node.type) {
      case "ImportDeclaration":
        add(
          node,
          node.source,
          node.importKind === "type" ? "import type" : "import",
          erased(node, "importKind"),
        );
        break;
      case "ExportAllDeclaration":
        add(node, node.source, "export from", node.exportKind === "type");
        if (isDefault(node)) found.defaultExportLine ??= lineOf(node.start);
        break;
      case "ExportNamedDeclaration":
        if (node.source) add(node, node.source, "export from", erased(node, "exportKind"));
        if (node.specifiers.some(isDefault)) found.defaultExportLine ??= lineOf(node.start);
        break;
      case "ExportDefaultDeclaration":
      case "TSExportAssignment":
        found.defaultExportLine ??= lineOf(node.start);
        break;
      case "ImportExpression":
        add(node, node.source, "dynamic import", false);
        break;
      case "TSImportType":
        add(node, node.source, "import type", true);
        break;
      case "TSImportEqualsDeclaration":
        if (node.moduleReference.type === "TSExternalModuleReference") {
          add(node, node.moduleReference.expression, "import =", node.importKind === "type");
        }
        break;
      case "CallExpression":
        if (node.callee.type === "Identifier" && node.callee.name === "require")
          add(node, node.arguments[0], "require", false);
        break;
      case "NewExpression":
        if (isUrlOfThisModule(node)) add(node, node.arguments[0], "new URL", false);
        break;
      case "Identifier":
        if (isDeclaration(parent, key)) declared.add(node.name);
        else if (!isMemberName(parent, key)) used.push(node);
        break;
    }
    declarePattern(node, declared);
  });
  for (const { name, start } of used) {
    if (!declared.has(name) && !found.globals.has(name)) found.globals.set(name, lineOf(start));
  }
  return found;
}

/** Whether an import or export declaration leaves nothing behind: `import type`, or every name in it marked so. */
function erased(node, kind) {
  if (node[kind] === "type") return true;
  return node.specifiers.length > 0 && node.specifiers.every((specifier) => specifier[kind] === "type");
}

function literal(node) {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0) return node.quasis[0].value.cooked;
  return undefined;
}

/** `new URL("./worker.ts", import.meta.url)`: how a worker's file is named. */
function isUrlOfThisModule(node) {
  const [target, base] = node.arguments;
  return (
    node.callee.type === "Identifier" &&
    node.callee.name === "URL" &&
    /^\.\.?\//.test(literal(target) ?? "") &&
    base?.type === "MemberExpression" &&
    base.object.type === "MetaProperty"
  );
}

/** Names of imports, functions, classes, types and type parameters; variables and parameters are `declarePattern`'s. */
function isDeclaration(parent, key) {
  if (key === "id") return true;
  if (key === "local") return parent.type.startsWith("Import");
  return key === "name" && parent.type === "TSTypeParameter";
}

/** Names after a dot, keys, labels and the outer names of exports refer to no variable. */
function isMemberName(parent, key) {
  switch (parent?.type) {
    case "MemberExpression":
      return key === "property" && !parent.computed;
    case "Property":
      return key === "key" && !parent.computed && !parent.shorthand;
    case "MethodDefinition":
    case "PropertyDefinition":
    case "AccessorProperty":
    case "TSAbstractMethodDefinition":
    case "TSAbstractPropertyDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return key === "key" && !parent.computed;
    case "ExportSpecifier":
    case "ExportAllDeclaration":
      return key === "exported" || key === "local";
    case "ImportSpecifier":
    case "ImportAttribute":
    case "MetaProperty":
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
    case "TSImportType":
    case "TSNamedTupleMember":
    case "TSTypePredicate":
      return key !== "typeAnnotation" && key !== "elementType" && key !== "body" && key !== "typeArguments";
    case "TSQualifiedName":
      return key === "right";
    default:
      return false;
  }
}

/** Adds the names that a node's parameters, pattern or catch clause bind. */
function declarePattern(node, declared) {
  const bind = (pattern) => {
    switch (pattern?.type) {
      case "Identifier":
        declared.add(pattern.name);
        break;
      case "ObjectPattern":
        for (const property of pattern.properties) bind(property.value ?? property.argument);
        break;
      case "ArrayPattern":
        for (const element of pattern.elements) bind(element);
        break;
      case "AssignmentPattern":
        bind(pattern.left);
        break;
      case "RestElement":
        bind(pattern.argument);
        break;
    }
  };
  if (node.type === "VariableDeclarator") bind(node.id);
  else if (node.type === "CatchClause") bind(node.param);
  else if (Array.isArray(node.params) && node.type !== "TSTypeParameterInstantiation") {
    for (const parameter of node.params) bind(parameter);
  } else if (node.type === "TSIndexSignature") for (const parameter of node.parameters) bind(parameter);
}

function walk(node, parent, key, visit) {
  visit(node, parent, key);
  for (const childKey of visitorKeys[node.type] ?? []) {
    const child = node[childKey];
    if (Array.isArray(child)) {
      for (const item of child) if (item) walk(item, node, childKey, visit);
    } else if (child) walk(child, node, childKey, visit);
  }
}

function lineFinder(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
