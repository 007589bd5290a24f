// Shows the OpenAPI document with Swagger UI; everything is loaded from this server.
import script from "swagger-ui-dist/swagger-ui-bundle.js?url";
import "swagger-ui-dist/swagger-ui.css";

type Swagger = (options: Record<string, unknown>) => unknown;

const element = document.createElement("script");
element.src = script;
element.addEventListener("load", () => {
  const show = (window as unknown as { SwaggerUIBundle?: Swagger }).SwaggerUIBundle;
  show?.({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null, tryItOutEnabled: true });
});
document.head.append(element);
