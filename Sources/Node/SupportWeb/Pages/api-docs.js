// Shows the OpenAPI document as headings, lists and tables. Everything in it is written as text.

function element(name, ...children) {
  const result = document.createElement(name);
  result.append(...children.filter((child) => child !== null));
  return result;
}

/** Follows a `$ref` within the document. */
function resolved(api, value) {
  if (!value?.$ref) return value;
  const path = value.$ref.replace(/^#\//, "").split("/");
  return path.reduce((inner, key) => inner?.[key], api) ?? {};
}

/** One line about the form of a value. */
function form(api, schema) {
  const name = schema?.$ref?.split("/").pop();
  if (name) return name;
  if (schema?.type === "array") return `[${form(api, schema.items)}]`;
  if (schema?.enum) return schema.enum.join(" | ");
  return schema?.type ?? "";
}

function table(headings, rows) {
  const head = element("tr", ...headings.map((text) => element("th", text)));
  const body = rows.map((row) => element("tr", ...row.map((text) => element("td", text))));
  return element("table", element("thead", head), element("tbody", ...body));
}

function parameters(api, operation) {
  const list = (operation.parameters ?? []).map((parameter) => resolved(api, parameter));
  if (list.length === 0) return null;
  const rows = list.map(({ name, in: place, schema, description = "" }) => [name, place, form(api, schema), description]);
  return table(["Parámetro", "En", "Tipo", "Descripción"], rows);
}

function body(api, operation) {
  const content = Object.entries(operation.requestBody?.content ?? {});
  if (content.length === 0) return null;
  return element("p", "Cuerpo: ", content.map(([type, { schema }]) => `${type} (${form(api, schema)})`).join(", "));
}

function answers(api, operation) {
  const rows = Object.entries(operation.responses).map(([status, value]) => {
    const { description, content = {} } = resolved(api, value);
    const types = Object.entries(content).map(([type, { schema }]) => `${type} ${form(api, schema)}`);
    return [status, description, types.join(", ")];
  });
  return table(["Estado", "Descripción", "Contenido"], rows);
}

function section(api, path, method, operation) {
  return element(
    "section",
    element("h2", `${method.toUpperCase()} ${path}`),
    element("p", operation.summary),
    operation.description ? element("p", operation.description) : null,
    operation.security?.length === 0 ? null : element("p", "Requiere la cookie de sesión."),
    parameters(api, operation),
    body(api, operation),
    answers(api, operation),
  );
}

function schemas(api) {
  const entries = Object.entries(api.components.schemas).map(([name, { properties = {} }]) => {
    const rows = Object.entries(properties).map(([key, value]) => [key, form(api, value), value.description ?? ""]);
    return element("section", element("h3", name), table(["Campo", "Tipo", "Descripción"], rows));
  });
  return element("section", element("h2", "Esquemas"), ...entries);
}

const root = document.getElementById("document");
try {
  const response = await fetch("/api-docs/openapi.json");
  if (!response.ok) throw new Error(`${response.status}`);
  const api = await response.json();
  root.append(element("p", `${api.info.title} ${api.info.version}. ${api.info.description}`));
  for (const [path, item] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(item)) root.append(section(api, path, method, operation));
  }
  root.append(schemas(api));
} catch (error) {
  const notice = element("p", `No se pudo leer el documento: ${error.message}`);
  notice.setAttribute("role", "alert");
  root.append(notice);
}
