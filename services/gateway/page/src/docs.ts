// The API's document, shown by Swagger UI from this server alone.
interface Swagger {
  (options: Record<string, unknown>): unknown;
}

const show = (window as unknown as { SwaggerUIBundle?: Swagger }).SwaggerUIBundle;
show?.({ url: "/openapi.json", dom_id: "#docs", deepLinking: true, validatorUrl: null, tryItOutEnabled: true });
