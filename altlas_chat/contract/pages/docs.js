// Shows the contract of the server that this page came from, wherever its base path is.
"use strict";

(async () => {
  const base = window.location.pathname.replace(/\/docs\/?$/, "");
  const answer = await fetch(`${base}/openapi.json`);
  const spec = await answer.json();
  spec.servers = [{ url: base, description: "This server." }];
  window.SwaggerUIBundle({
    spec,
    dom_id: "#docs",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    syntaxHighlight: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
})();
