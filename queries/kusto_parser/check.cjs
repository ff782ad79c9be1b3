// Answers for Microsoft's own KQL parser, one JSON object a line.
//
// First line in:  {"tables": {table: {column: Kusto type}}}        -> {"ready": true}
// Each line then: {"id", "text"} -> {"id", "diagnostics": [{severity, code, message, line, column}],
//                                    "columns": [{name, type}], "literals": [{type, value}]}
// or {"id", "error"} when the parser itself throws. line and column count from 1, column in
// characters. columns are those of the last statement. literals come in the order of the text,
// without nulls; a minus sign before one is no part of it.
"use strict";

const path = require("node:path");

const PACKAGE = "@kusto/language-service-next";
const DATABASE = "workspace";

// The JavaScript build reads a datetime literal as local time.
process.env.TZ = "UTC";

function parserFolder() {
  return path.resolve(process.env.IOTRIAGE_KUSTO_PARSER, PACKAGE);
}

function loadParser() {
  const folder = parserFolder();
  // Both files define globals; the second one needs the global of the first. The small builds load
  // in half the time.
  require(path.join(folder, "bridge.min.js"));
  require(path.join(folder, "Kusto.Language.Bridge.min.js"));
  return globalThis.Kusto.Language;
}

function list(items) {
  return Array.from({ length: items.Count }, (_, index) => items.getItem(index));
}

function globalState(kusto, tables) {
  const { ColumnSymbol, DatabaseSymbol, ScalarTypes, TableSymbol } = kusto.Symbols;
  const symbols = Object.entries(tables).map(([table, columns]) => {
    const members = Object.entries(columns).map(([column, type]) => {
      const scalar = ScalarTypes.GetSymbol(type);
      if (!scalar) throw new Error(`${table}.${column}: Kusto has no type ${type}`);
      return new ColumnSymbol(column, scalar, null, null, null, null);
    });
    return new TableSymbol.$ctor4(table, members);
  });
  return kusto.GlobalState.Default.WithDatabase(new DatabaseSymbol.ctor(DATABASE, symbols));
}

function position(code, text, start) {
  const line = { v: 0 };
  const offset = { v: 0 };
  code.TryGetLineAndOffset(start, line, offset);
  const before = text.slice(start - (offset.v - 1), start);
  return { line: line.v, column: [...before].length + 1 };
}

// The parser also tracks what a dynamic holds ("dynamic(array(string))"); a result column does not.
function typeName(kusto, type) {
  return type instanceof kusto.Symbols.DynamicSymbol ? "dynamic" : type.Name;
}

// Timespans in ticks (100 ns); datetimes as ISO 8601 in UTC, whose milliseconds are all that the
// parser's JavaScript build keeps.
function literalText(boxed) {
  const value = Bridge.unbox(boxed);
  if (value instanceof Date) return value.toISOString();
  if (typeof value.getTicks === "function") return value.getTicks().toString();
  return value.toString();
}

function literals(kusto, code) {
  const found = [];
  kusto.Syntax.SyntaxElement.WalkNodes(code.Syntax, (node) => {
    if (!(node instanceof kusto.Syntax.LiteralExpression)) return;
    // A word such as the leftouter of kind=leftouter.
    if (node.Kind === kusto.Syntax.SyntaxKind.TokenLiteralExpression) return;
    const value = node.ConstantValue;
    if (value === null || value === undefined) return;
    found.push({ type: node.ResultType?.Name ?? "unknown", value: literalText(value) });
  });
  return found;
}

function check(kusto, globals, text) {
  const code = kusto.KustoCode.ParseAndAnalyze(text, globals);
  const columns = code.ResultType?.Columns;
  return {
    diagnostics: list(code.GetDiagnostics()).map((found) => ({
      severity: found.Severity,
      code: found.Code,
      message: found.Message,
      ...position(code, text, found.Start),
    })),
    columns: columns
      ? list(columns).map(({ Name, Type }) => ({ name: Name, type: typeName(kusto, Type) }))
      : [],
    literals: literals(kusto, code),
  };
}

// Not node:readline, which also ends a line at U+2028 and U+2029.
async function* lines(stream) {
  let rest = "";
  stream.setEncoding("utf8");
  for await (const chunk of stream) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop();
    yield* parts;
  }
}

function answer(object) {
  process.stdout.write(`${JSON.stringify(object)}\n`);
}

async function main() {
  const kusto = loadParser();
  let globals = null;
  for await (const line of lines(process.stdin)) {
    const request = JSON.parse(line);
    if (globals === null) {
      globals = globalState(kusto, request.tables);
      answer({ ready: true });
      continue;
    }
    try {
      answer({ id: request.id, ...check(kusto, globals, request.text) });
    } catch (error) {
      answer({ id: request.id, error: String(error?.message ?? error) });
    }
  }
}

main().catch((error) => {
  process.stderr.write(`${error?.message ?? error}\n`);
  process.exitCode = 1;
});
