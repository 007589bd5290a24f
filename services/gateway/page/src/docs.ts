// Shows the OpenAPI document with Swagger UI; everything is loaded from this server.
interface Swagger {
  (options: Record<string, unknown>): unknown;
}

const show = (window as unknown as { SwaggerUIBundle?: Swagger }).SwaggerUIBundle;
show?.({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null, tryItOutEnabled: true });
