// What the gateway offers, read once from its OpenAPI document: a view says what is missing instead of failing.
import { api } from "./api";

export interface BodyField {
  name: string;
  type: "text" | "number" | "boolean" | "choice" | "list" | "ranges" | "date";
  options: readonly string[];
  isRequired: boolean;
  otherwise: unknown; // the default
  about: string;
}

type Json = Record<string, unknown>;

export interface Capabilities {
  has: (path: string, method: "get" | "post" | "delete") => boolean;
  body: (path: string) => BodyField[]; // of a POST
}

export async function readCapabilities(signal?: AbortSignal): Promise<Capabilities> {
  return capabilitiesOf((await api.openapi(signal)) as unknown as Json);
}

export function capabilitiesOf(document: Json): Capabilities {
  const paths = object(document["paths"]);
  const schemas = object(object(document["components"])["schemas"]);
  const resolve = (schema: unknown): Json => {
    const found = object(schema);
    const name = typeof found["$ref"] === "string" ? found["$ref"].split("/").at(-1) : undefined;
    return name ? object(schemas[name]) : found;
  };
  return {
    has: (path, method) => method in object(paths[path]),
    body: (path) => {
      const content = object(object(object(object(paths[path])["post"])["requestBody"])["content"]);
      const schema = resolve(object(content["application/json"])["schema"]);
      const required = Array.isArray(schema["required"]) ? schema["required"] : [];
      return Object.entries(object(schema["properties"])).map(([name, property]) => field(name, object(property), required.includes(name)));
    },
  };
}

// The choices of a property that may be null are those that are not, and none.
function field(name: string, property: Json, isRequired: boolean): BodyField {
  const choices = Array.isArray(property["anyOf"]) ? property["anyOf"].map(object) : [property];
  const schema = choices.find((each) => each["type"] !== "null") ?? property;
  const about = [property["description"], schema["description"]].find((text) => typeof text === "string");
  const values: unknown[] = Array.isArray(schema["enum"]) ? schema["enum"] : [];
  const options = values.map(String);
  return {
    name,
    type: fieldType(schema, values),
    options: options.length > 0 && choices.length > 1 ? ["", ...options] : options,
    isRequired,
    otherwise: property["default"] ?? null,
    about: String(about ?? ""),
  };
}

function fieldType(schema: Json, values: unknown[]): BodyField["type"] {
  if (values.length) return values.every((each) => typeof each === "number") ? "number" : "choice";
  if (schema["format"] === "date") return "date";
  const types: Record<string, BodyField["type"]> = {
    number: "number",
    integer: "number",
    boolean: "boolean",
    array: "list",
    object: "ranges",
  };
  return types[String(schema["type"])] ?? "text";
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
