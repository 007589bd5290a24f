// Judges regular expressions: JSON in, JSON out. {"patterns": [{"source", "flags"}], "scripts": [paths of TypeScript]}
import { readFileSync } from "node:fs";
import { checkSync } from "recheck";
import ts from "typescript";

const SECONDS = 30;

function judge({ source, flags }) {
  const found = checkSync(source, flags, { timeout: SECONDS * 1000 });
  const verdict = found.status === "safe" ? "safe" : (found.complexity?.summary ?? found.error?.kind ?? found.status);
  return { source, flags, verdict };
}

/** Literals, and what `new RegExp` or `RegExp` is given: null where that is no literal and cannot be judged. */
function expressions(path) {
  const found = [];
  const visit = (node) => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf("/");
      found.push({ source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    } else if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === "RegExp") {
      const [given, flags] = node.arguments ?? [];
      found.push(given && ts.isStringLiteralLike(given) ? { source: given.text, flags: flags?.text ?? "" } : null);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true));
  return found.map((each) => (each ? { path, ...judge(each) } : { path, source: "", flags: "", verdict: "not a literal" }));
}

const { patterns, scripts } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify({ patterns: patterns.map(judge), scripts: scripts.flatMap(expressions) }));
